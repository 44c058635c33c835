"""What running text says about hours, dates, assessment and outcomes, in Japanese, English and Malay.

Nothing here decides: a finding keeps the passage it was read from, and tells whether the passage is plain. What is not
plain is for a person to look at.
"""

"""One run from answers to publication: read, plan, judge by the gates, publish or hold."""

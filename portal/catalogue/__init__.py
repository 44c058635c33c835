"""The catalogue: what data there is, where, in which forms and under which terms, for portals that collect such facts.

Profile: DCAT-AP 3.0.1 (valid under 2.1.1 too), https://semiceu.github.io/DCAT-AP/releases/3.0.1/.
"""

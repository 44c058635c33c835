"""How a deployment is: health, metrics, logs, traces, notices, and the doctor."""

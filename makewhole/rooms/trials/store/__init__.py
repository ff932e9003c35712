"""Files of past cases, and the analytic database that answers them."""

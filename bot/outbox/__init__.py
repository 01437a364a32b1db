"""The engine that delivers each message once, whatever fails; it knows no feature and is handed its planners."""

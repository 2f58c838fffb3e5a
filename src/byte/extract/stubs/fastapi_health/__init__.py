from fastapi_health.route import health

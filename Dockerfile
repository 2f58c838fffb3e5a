# The registry: `docker build --tag byte .`, then `docker run --publish 127.0.0.1:8080:8080 --volume byte:/var/lib/byte byte`.
FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /opt/byte
COPY requirements/runtime.txt requirements/server.txt requirements/
RUN /opt/byte/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements/server.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/byte/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/byte byte
COPY --from=build /opt/byte /opt/byte
ENV PATH=/opt/byte/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    BYTE_HOST=0.0.0.0 \
    BYTE_PORT=8080 \
    BYTE_DATA_FOLDER=/var/lib/byte
USER byte
WORKDIR /var/lib/byte
VOLUME /var/lib/byte
EXPOSE 8080
# Whether the process answers: one whose database is away is not to be restarted for it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", \
    "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"BYTE_PORT\"]}/health/live', timeout=4)"]
ENTRYPOINT ["byte"]
CMD ["serve"]

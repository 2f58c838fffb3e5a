from pydantic.networks import (
    AmqpDsn,
    ClickHouseDsn,
    CockroachDsn,
    KafkaDsn,
    MariaDBDsn,
    MongoDsn,
    MySQLDsn,
    NatsDsn,
    PostgresDsn,
    RedisDsn,
    SnowflakeDsn,
)

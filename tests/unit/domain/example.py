"""A change of a healthy backend, and the facts around it."""

from bot.domain.facts import ALIVE, L4_LISTENER, RUNNING, Backend, Facts, Listener, LoadBalancer
from bot.domain.operation import SetProbePort

OPERATION = SetProbePort(load_balancer="lb-a", listener="lbl-b", host="cpm-c", port=1234, probe_port=12345)
BACKEND = Backend(bind_type=0, host="cpm-c", port=1234, alias="", weight=10, health=ALIVE, probe_port=8080)
FACTS = Facts(
    observed_at=0.0,
    load_balancer=LoadBalancer(id="lb-a", name="", status=RUNNING),
    listener=Listener(
        id="lbl-b",
        name="",
        kind=L4_LISTENER,
        protocol="tcp",
        port=80,
        status=RUNNING,
        health_check=True,
        custom_health_check=True,
        interval=5,
        timeout=2,
        healthy_after=3,
        unhealthy_after=3,
    ),
    backends=(BACKEND,),
)

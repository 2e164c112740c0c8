"""What Prometheus sees."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge

from bot.domain.change import State


class Gauges:
    """Counts that the sweep renews every few seconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._changes = Gauge("countersign_changes", "Changes by state.", ["state"], registry=self.registry)
        self._waiting = Gauge("countersign_posts_due", "Messages that Slack doesn't show yet.", registry=self.registry)
        self._replicas = Gauge("countersign_replicas", "Processes that share the database.", registry=self.registry)
        self.policy_broken = Gauge(
            "countersign_policy_broken", "1 while the policy file can't be used.", registry=self.registry
        )
        self._reviews = Gauge(
            "countersign_reviews_open", "Emergencies that nobody reviewed yet.", registry=self.registry
        )
        self._oldest_review = Gauge(
            "countersign_oldest_review_seconds",
            "For how long the oldest emergency waits for its review; 0 where none does.",
            registry=self.registry,
        )
        self._freezes = Gauge("countersign_freezes", "Load balancers that people froze.", registry=self.registry)
        self._grants = Gauge("countersign_grants", "Grants that changes may begin with.", registry=self.registry)
        self._starts = Gauge(
            "countersign_starts_waiting", "Approved changes whose start has not come.", registry=self.registry
        )
        self._runs = Gauge("countersign_runs_open", "Runs that wait or run.", registry=self.registry)

    def show(self, changes: Mapping[str, int], *, waiting: int, runs: int, replicas: int) -> None:
        """Show how many changes stand in each state, how many posts wait, how many runs and replicas there are."""
        for state in State:
            self._changes.labels(state=state).set(changes.get(state, 0))
        self._waiting.set(waiting)
        self._runs.set(runs)
        self._replicas.set(replicas)

    def show_reviews(self, count: int, *, oldest: float) -> None:
        """Show how many reviews nobody signed yet, and for how many seconds the oldest of them has waited."""
        self._reviews.set(count)
        self._oldest_review.set(oldest)

    def show_lasting(self, *, freezes: int, grants: int, starts: int) -> None:
        """Show how many freezes of people and how many grants hold now, and how many changes wait for their start."""
        self._freezes.set(freezes)
        self._grants.set(grants)
        self._starts.set(starts)

"""What every training program shares: threads, learning rate by the clock, averaged weights, checkpoints."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path

import torch
from torch import nn


def use_threads(count: int = 2) -> None:
    torch.set_num_threads(count)
    torch.set_flush_denormal(True)


def fast_arithmetic() -> torch.autocast:
    """bfloat16 where the processor has it: where it hasn't, a training step takes three times as long as in float32."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bool(torch.cpu.get_capabilities().get("avx512_bf16")))


class Threads:
    """Two threads on an idle machine, one while other programs are busy.

    A low-priority program whose second thread waits behind someone else's work runs slower than with one thread
    (measured with one core taken: 2.5 s a step against 0.3 s). Linux only; elsewhere it keeps two.
    """

    def __init__(self, most: int = 2) -> None:
        self.most = most
        self.time, self.user = time.monotonic(), self.read()

    @staticmethod
    def read() -> int:
        """Ticks (1/100 s) of programs at normal priority; ours run with `nice` and are counted elsewhere."""
        try:
            return int(Path("/proc/stat").read_text().split()[1])
        except OSError:
            return 0

    def adapt(self) -> None:
        """Call once a step; looks every two seconds."""
        now = time.monotonic()
        if now - self.time < 2:
            return
        user = self.read()
        others = (user - self.user) / 100 / (now - self.time)
        self.time, self.user = now, user
        wanted = max(1, self.most - round(others + 0.2))
        if wanted != torch.get_num_threads():
            torch.set_num_threads(wanted)


class Clock:
    """Progress of a run from 0 to 1 by wall-clock time, so that a schedule ends when the time does.

    Resumed runs carry the seconds already spent.
    """

    def __init__(self, budget_seconds: float, spent_seconds: float = 0.0) -> None:
        self.budget_seconds = budget_seconds
        self.start = time.monotonic() - spent_seconds

    @property
    def spent_seconds(self) -> float:
        return time.monotonic() - self.start

    @property
    def progress(self) -> float:
        return min(1.0, self.spent_seconds / self.budget_seconds)


def learning_rate(peak: float, step: int, progress: float, warmup_steps: int = 200) -> float:
    """Linear warm-up by steps, cosine decay to zero by `progress` (0 to 1)."""
    return peak * min(1.0, (step + 1) / warmup_steps) * 0.5 * (1 + math.cos(math.pi * progress))


class Average:
    """Exponential moving average of a model's weights, with a short memory in the first steps."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.tensors = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.steps += 1
        weight = 1 - min(self.decay, (1 + self.steps) / (10 + self.steps))
        current = model.state_dict()
        floats = [name for name, tensor in self.tensors.items() if tensor.is_floating_point()]
        torch._foreach_lerp_([self.tensors[name] for name in floats], [current[name] for name in floats], weight)


def save_state(path: Path, **state: object) -> None:
    """Writes a resumable checkpoint; an interrupted write leaves the previous one."""
    fresh = path.with_suffix(".new")
    torch.save(state, fresh)
    os.replace(fresh, path)


def load_state(path: Path) -> dict | None:
    return torch.load(path, map_location="cpu", weights_only=False) if path.exists() else None

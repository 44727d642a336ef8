"""LOLViT as examples/lolvit.net has it, in plain PyTorch: the same equations under the same keys, written apart."""

import math

import torch
from torch import nn
from torch.nn import functional

WIDTHS = {"lolvit_s": 0.5, "lolvit_m": 1.0, "lolvit_x": 1.3}
# Of each bottleneck of GhostNet: kernel, hidden channels, channels, whether channels are gated, stride.
STAGES = [
    [(3, 16, 16, False, 1)],
    [(3, 48, 24, False, 2)],
    [(3, 72, 24, False, 1)],
    [(5, 72, 40, True, 2)],
    [(5, 120, 40, True, 1)],
    [(3, 240, 80, False, 2)],
    [(3, 200, 80, False, 1), (3, 184, 80, False, 1), (3, 184, 80, False, 1), (3, 480, 112, True, 1),
     (3, 672, 112, True, 1)],
    [(5, 672, 160, True, 2)],
    [(5, 960, 160, False, 1), (5, 960, 160, True, 1), (5, 960, 160, False, 1), (5, 960, 160, True, 1)],
]  # fmt: skip
ATTENTION_AFTER = [4, 6, 8]  # these stages


def conv_norm(channels, out, kernel=1, stride=1, groups=1):
    return nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(out)


def scaled(channels, width):
    """The multiple of four nearest to width * channels, or the next if that is more than a tenth too few."""
    nearest = 4 * math.floor((channels * width + 2) / 4)
    return nearest if nearest >= 0.9 * channels * width else nearest + 4


class Ghost(nn.Module):
    def __init__(self, channels, out, active):
        super().__init__()
        half = (out + 1) // 2
        activation = [nn.ReLU()] if active else []
        self.primary_conv = nn.Sequential(*conv_norm(channels, half), *activation)
        self.cheap_operation = nn.Sequential(*conv_norm(half, half, 3, groups=half), *activation)

    def forward(self, x):
        x = self.primary_conv(x)
        return torch.cat([x, self.cheap_operation(x)], 1)


class Gate(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv_reduce = nn.Conv2d(channels, scaled(channels, 0.25), 1)
        self.conv_expand = nn.Conv2d(scaled(channels, 0.25), channels, 1)

    def forward(self, x):
        y = torch.relu(self.conv_reduce(x.mean([2, 3], keepdim=True)))
        return x * functional.hardsigmoid(self.conv_expand(y))


class Bottleneck(nn.Module):
    def __init__(self, channels, kernel, hidden, out, gated, stride):
        super().__init__()
        self.ghost1 = Ghost(channels, hidden, active=True)
        self.conv_dw, self.bn_dw = nn.Identity(), nn.Identity()
        if stride > 1:
            self.conv_dw, self.bn_dw = conv_norm(hidden, hidden, kernel, stride, hidden)
        self.se = Gate(hidden) if gated else nn.Identity()
        self.ghost2 = Ghost(hidden, out, active=False)
        self.shortcut = nn.Identity()
        if stride > 1 or channels != out:
            self.shortcut = nn.Sequential(
                *conv_norm(channels, channels, kernel, stride, channels), *conv_norm(channels, out)
            )

    def forward(self, x):
        y = self.bn_dw(self.conv_dw(self.ghost1(x)))
        return self.ghost2(self.se(y)) + self.shortcut(x)


class FastWindowAttention(nn.Module):
    """ReLU attention of all pixels over the means of windows, beside a convolution of the pixels."""

    WINDOW, HEADS = 2, 4

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.q = nn.Conv2d(channels, channels, 1, bias=False)
        self.kv = nn.Conv2d(channels, 2 * channels, 1, bias=False)
        self.local = nn.Conv2d(channels, channels, 3, 1, 1, groups=channels, bias=False)
        self.fuse = nn.Conv2d(2 * channels, channels, 1)

    def split_heads(self, x):
        """n, c, h, w to n, head, token, channel of the head"""
        return x.flatten(2).unflatten(1, (self.HEADS, -1)).transpose(-1, -2)

    def forward(self, x):
        y = self.norm(x)
        windows = functional.avg_pool2d(y, self.WINDOW, ceil_mode=True, count_include_pad=False)
        query = self.split_heads(self.q(y))
        key, value = map(self.split_heads, self.kv(windows).chunk(2, dim=1))
        scores = torch.relu(query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5)
        mixed = (scores @ value / key.shape[-2]).transpose(-1, -2).reshape(x.shape)
        return x + self.fuse(torch.cat([mixed, self.local(y)], 1))


class Lolvit(nn.Module):
    def __init__(self, variant):
        super().__init__()
        width = WIDTHS[variant]
        channels = scaled(16, width)
        self.conv_stem, self.bn1 = conv_norm(3, channels, 3, 2)
        self.blocks, self.attention = nn.ModuleList(), nn.ModuleList()
        for i, rows in enumerate(STAGES):
            stage = nn.Sequential()
            for kernel, hidden, out, gated, stride in rows:
                stage.append(Bottleneck(channels, kernel, scaled(hidden, width), scaled(out, width), gated, stride))
                channels = scaled(out, width)
            self.blocks.append(stage)
            if i in ATTENTION_AFTER:
                self.attention.append(FastWindowAttention(channels))
        conv, norm = conv_norm(channels, scaled(960, width))
        self.blocks.append(nn.Sequential(nn.ModuleDict({"conv": conv, "bn1": norm})))
        self.conv_head = nn.Conv2d(scaled(960, width), 1280, 1)
        self.classifier = nn.Linear(1280, 1000)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv_stem(x)))
        for i in range(len(STAGES)):
            x = self.blocks[i](x)
            if i in ATTENTION_AFTER:
                x = self.attention[ATTENTION_AFTER.index(i)](x)
        last = self.blocks[-1][0]
        x = torch.relu(last["bn1"](last["conv"](x))).mean([2, 3], keepdim=True)
        return self.classifier(torch.relu(self.conv_head(x)).flatten(1))


def lolvit(variant):
    return Lolvit(variant).eval()

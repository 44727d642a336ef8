"""SAEViT as examples/saevit.net has it, in plain PyTorch: the same equations under the same keys, written apart."""

import torch
from torch import nn
from torch.nn import functional

DEPTHS = {"saevit_s": [2, 2, 4, 1], "saevit_m": [3, 3, 9, 1]}
DIMS = [48, 96, 192, 384]
RATES = [8, 4, 2, 1]  # pixels of a side of the square that a sample stands for
HEAD_DIM = 24


class Halve(nn.Module):
    def __init__(self, channels, out):
        super().__init__()
        self.conv = nn.Conv2d(channels, out, 3, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x):
        return self.norm(self.conv(x))


class SeparableConv(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, 1, 1, groups=channels, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.pointwise = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return self.norm2(self.pointwise(functional.gelu(self.norm1(self.depthwise(x)))))


class SparseAttention(nn.Module):
    """Attention between the means of squares of pixels; each square gets its result by a deconvolution."""

    def __init__(self, channels, rate):
        super().__init__()
        self.rate = rate
        self.qkv = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.proj = nn.Conv2d(channels, channels, 1)
        if rate > 1:
            self.restore = nn.ConvTranspose2d(channels, channels, rate, rate, groups=channels)

    def forward(self, x):
        sample = functional.avg_pool2d(x, self.rate)
        query, key, value = (
            part.flatten(2).unflatten(1, (-1, HEAD_DIM)).transpose(-1, -2) for part in self.qkv(sample).chunk(3, dim=1)
        )
        weights = torch.softmax(query @ key.transpose(-1, -2) * HEAD_DIM**-0.5, -1)
        y = self.proj((weights @ value).transpose(-1, -2).reshape(sample.shape))
        return self.restore(y) if self.rate > 1 else y


class InteractiveFfn(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, 4 * channels, 1)
        self.decompose = nn.Conv2d(4 * channels, 1, 1)
        self.gain = nn.Parameter(torch.ones(4 * channels))
        self.fc2 = nn.Conv2d(4 * channels, channels, 1)

    def forward(self, x):
        z = functional.gelu(self.fc1(x))
        own = z - functional.gelu(self.decompose(z))
        return self.fc2(z + self.gain[:, None, None] * own)


class Block(nn.Module):
    def __init__(self, channels, rate):
        super().__init__()
        self.local = SeparableConv(channels)
        self.norm1 = nn.BatchNorm2d(channels)
        self.attention = SparseAttention(channels, rate)
        self.norm2 = nn.BatchNorm2d(channels)
        self.ffn = InteractiveFfn(channels)

    def forward(self, x):
        x = x + self.local(x)
        x = x + self.attention(self.norm1(x))
        return x + self.ffn(self.norm2(x))


class Saevit(nn.Module):
    def __init__(self, variant):
        super().__init__()
        self.stem = nn.ModuleList([Halve(3, DIMS[0] // 2), Halve(DIMS[0] // 2, DIMS[0])])
        self.steps = nn.ModuleList([Halve(DIMS[i], DIMS[i + 1]) for i in range(3)])
        self.stages = nn.ModuleList(
            nn.Sequential(*[Block(DIMS[i], RATES[i]) for _ in range(DEPTHS[variant][i])]) for i in range(4)
        )
        self.norm = nn.BatchNorm2d(DIMS[-1])
        self.head = nn.Linear(DIMS[-1], 1000)

    def forward(self, x):
        x = self.stem[1](functional.gelu(self.stem[0](x)))
        for i in range(4):
            if i > 0:
                x = self.steps[i - 1](x)
            x = self.stages[i](x)
        return self.head(self.norm(x).mean([2, 3]))


def saevit(variant):
    return Saevit(variant).eval()

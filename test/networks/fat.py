"""FAT (arXiv 2309.00616) in plain PyTorch: same state_dict keys and same results as the authors' code.

`fat("b0")` is the network as trained, `fuse(model)` its deployed form: batch norms folded.
"""

import torch
from torch import nn

DIMS = {
    "b0": [32, 80, 160, 256],
    "b1": [48, 96, 192, 384],
    "b2": [64, 128, 256, 512],
    "b3": [64, 128, 256, 512],
}
DEPTHS = {"b0": [2, 2, 6, 2], "b1": [2, 2, 6, 2], "b2": [2, 2, 6, 2], "b3": [4, 4, 16, 4]}
HEADS = {"b0": [2, 5, 10, 16], "b1": [3, 6, 12, 24], "b2": [2, 4, 8, 16], "b3": [2, 4, 8, 16]}
KERNELS = [3, 5, 7, 9]
HALVINGS = [3, 2, 1, 0]  # of the map that keys and values come from


def depthwise(channels, kernel, stride=1):
    return nn.Conv2d(channels, channels, kernel, stride, kernel // 2, groups=channels)


class ConvBnRelu(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(channels, out, 3, stride, 1), nn.BatchNorm2d(out), nn.ReLU())

    def forward(self, x):
        return self.conv(x)


class PatchEmbed(nn.Module):
    def __init__(self, out):
        super().__init__()
        self.conv1 = ConvBnRelu(3, out // 2, 2)
        self.conv2 = ConvBnRelu(out // 2, out, 2)
        self.conv3 = ConvBnRelu(out, out, 1)
        self.conv4 = ConvBnRelu(out, out, 1)
        self.conv5 = nn.Conv2d(out, out, 1)
        self.layernorm = nn.GroupNorm(1, out)

    def forward(self, x):
        return self.layernorm(self.conv5(self.conv4(self.conv3(self.conv2(self.conv1(x))))))


class Attention(nn.Module):
    """Softmax attention of all pixels over a shrunk map, and a convolution of the queries that it modulates."""

    def __init__(self, channels, kernel, heads, halvings):
        super().__init__()
        self.heads = heads
        self.q = nn.Conv2d(channels, channels, 1)
        self.kv = nn.Conv2d(channels, 2 * channels, 1)
        self.local_mixer = depthwise(channels, kernel)
        self.mixer = nn.Conv2d(channels, channels, 1)
        self.pool = nn.Sequential()
        for i in range(halvings):
            self.pool.add_module(f"conv{i}", depthwise(channels, 5, stride=2))
            self.pool.add_module(f"bn{i}", nn.BatchNorm2d(channels))
            if i < halvings - 1:
                self.pool.add_module(f"linear{i}", nn.Conv2d(channels, channels, 1))

    def split_heads(self, x):
        """n, c, h, w to n, head, token, channel of the head"""
        return x.flatten(2).unflatten(1, (self.heads, -1)).transpose(-1, -2).contiguous()

    def forward(self, x):
        query = self.q(x)
        key, value = map(self.split_heads, self.kv(self.pool(x)).chunk(2, dim=1))
        scale = key.shape[-1] ** -0.5
        weights = torch.softmax(scale * self.split_heads(query) @ key.transpose(-1, -2), -1)
        mixed = (weights @ value).transpose(-1, -2).reshape(x.shape)
        local = self.local_mixer(query)
        local = local * torch.sigmoid(local)
        return self.mixer(local * torch.sigmoid(mixed) * mixed)


class ConvFfn(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        hidden = 4 * channels
        self.fc1 = nn.Conv2d(channels, hidden, 1)
        self.act = nn.GELU()
        self.dwconv = depthwise(hidden, 5, stride)
        self.bn = nn.BatchNorm2d(hidden)
        self.fc2 = nn.Conv2d(hidden, out, 1)
        self.residual = stride == 1

    def forward(self, x):
        x = self.act(self.fc1(x))
        x = x + self.dwconv(x) if self.residual else self.dwconv(x)
        return self.fc2(self.bn(x))


class Block(nn.Module):
    def __init__(self, channels, out, kernel, heads, halvings, stride):
        super().__init__()
        self.cpe = depthwise(channels, kernel)
        self.norm1 = nn.GroupNorm(1, channels)
        self.attn = Attention(channels, kernel, heads, halvings)
        self.norm2 = nn.GroupNorm(1, channels)
        self.downsample = nn.Sequential()
        if stride > 1:
            self.downsample = nn.Sequential(
                depthwise(channels, 5, stride), nn.BatchNorm2d(channels), nn.Conv2d(channels, out, 1)
            )
        self.ffn = ConvFfn(channels, out, stride)

    def forward(self, x):
        x = x + self.cpe(x)
        x = x + self.attn(self.norm1(x))
        return self.downsample(x) + self.ffn(self.norm2(x))


class Stage(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


class Fat(nn.Module):
    def __init__(self, variant):
        super().__init__()
        dims, depths, heads = DIMS[variant], DEPTHS[variant], HEADS[variant]
        self.patch_embed = PatchEmbed(dims[0])
        self.layers = nn.ModuleList()
        for i in range(4):
            blocks = [Block(dims[i], dims[i], KERNELS[i], heads[i], HALVINGS[i], 1) for _ in range(depths[i])]
            if i < 3:
                blocks[-1] = Block(dims[i], dims[i + 1], KERNELS[i], heads[i], HALVINGS[i], 2)
            self.layers.append(Stage(blocks))
        self.norm = nn.GroupNorm(1, dims[-1])
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(dims[-1], 1000)

    def forward(self, x):
        x = self.patch_embed(x)
        for stage in self.layers:
            x = stage(x)
        return self.head(self.avgpool(self.norm(x)).flatten(1))


def fat(variant):
    return Fat(variant).eval()


def fold_after(conv, norm):
    """Moves the batch norm behind `conv` into it."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    conv.weight.data = conv.weight * scale[:, None, None, None]
    conv.bias.data = conv.bias * scale + norm.bias - norm.running_mean * scale


def fuse(model):
    """Turns `model` into its deployed form, in place: batch norms folded."""
    with torch.no_grad():
        for sequence in [m for m in model.modules() if isinstance(m, nn.Sequential)]:
            for i, layer in enumerate(sequence):
                if isinstance(layer, nn.BatchNorm2d):
                    fold_after(sequence[i - 1], layer)
                    sequence[i] = nn.Identity()
        for ffn in [m for m in model.modules() if isinstance(m, ConvFfn)]:
            if ffn.residual:  # x + depthwise(x), then the norm: the residual becomes a tap
                middle = ffn.dwconv.kernel_size[0] // 2
                ffn.dwconv.weight.data[:, :, middle, middle] += 1
                ffn.residual = False
            fold_after(ffn.dwconv, ffn.bn)
            ffn.bn = nn.Identity()
    return model

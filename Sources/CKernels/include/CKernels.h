// Vector loops without decisions. Every function is compiled for each x86-64 level and picked at
// load time; sizes are checked by the callers.
#pragma once
#include "enhancement.h"
#include "arrays.h"
#include "convolution.h"
#include "elementwise.h"
#include "layer_normalization.h"
#include "normalization.h"
#include "pooling.h"
#include "products.h"
#include "resampling.h"

#pragma once
#include "enhancement.h"

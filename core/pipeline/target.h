// Judging an accuracy target: what a plan loses, by the figures of fp32 and of the plan on the same images, and how a person is told.
#pragma once

#include "core/pipeline/config.h"
#include "core/plugins/handles.h"

#include <string>
#include <vector>

namespace octavo {

struct Judgement {
    double value = 0;   // what the target limits: the drop, or the ratio in dB
    double excess = 0;  // beyond what is allowed; 0 or less: met
    bool met() const { return excess <= 0; }
};

// Of a target on the drop, the metric has a principal figure.
Judgement judge(const Target& target, const std::vector<MetricFigure>& fp32, const std::vector<MetricFigure>& int8, double snr_db);

// "top1 dropped by 1.20 points, at most 1.00 was asked for", "top1 rose by 0.20 points, a drop of at most 1.00 was asked for"; `figure`
// names the principal figure.
std::string judgement_text(const Target& target, const std::string& figure, double value);

// {"points": 1}, {"percent": 1} or 25: as the config says it.
std::string limit_json(const Target& target);

}  // namespace octavo

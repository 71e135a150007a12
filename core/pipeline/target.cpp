// The drop is counted so that it is a loss whichever way the figure is better.
#include "core/pipeline/target.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace octavo {
namespace {

std::string rounded(double value, const char* form) {
    char text[64];
    std::snprintf(text, sizeof text, form, value);
    return text;
}

}  // namespace

Judgement judge(const Target& target, const std::vector<MetricFigure>& fp32, const std::vector<MetricFigure>& int8, double snr_db) {
    if (target.unit == Target::Unit::snr_db) return {snr_db, target.limit - snr_db};
    for (std::size_t i = 0; i < fp32.size(); ++i) {
        if (!fp32[i].principal) continue;
        if (i >= int8.size()) break;
        const double worse = fp32[i].higher_is_better ? fp32[i].value - int8[i].value : int8[i].value - fp32[i].value;
        const double drop = target.unit == Target::Unit::points ? worse : 100 * worse / std::max(std::abs(fp32[i].value), 1e-9);
        return {drop, drop - target.limit};
    }
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return {kInfinity, kInfinity};  // a metric that does not say it cannot show that the target is met
}

std::string judgement_text(const Target& target, const std::string& figure, double value) {
    if (target.unit == Target::Unit::snr_db)
        return "the outputs are " + rounded(value, "%.1f") + " dB above the error, at least " + rounded(target.limit, "%.1f") +
               " dB was asked for";
    const std::string unit = target.unit == Target::Unit::points ? " points" : " percent", limit = rounded(target.limit, "%.2f");
    const std::string size = rounded(std::abs(value), "%.2f");
    if (value < 0 && size != "0.00") return figure + " rose by " + size + unit + ", a drop of at most " + limit + " was asked for";
    return figure + " dropped by " + size + unit + ", at most " + limit + " was asked for";
}

std::string limit_json(const Target& target) {
    if (target.unit == Target::Unit::snr_db) return boost::json::serialize(boost::json::value(target.limit));
    const char* unit = target.unit == Target::Unit::points ? "points" : "percent";
    return boost::json::serialize(boost::json::object{{unit, target.limit}});
}

}  // namespace octavo

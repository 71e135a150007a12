// The list of preprocessing steps in a config: [{"resize": {"shorter_side": 256}}, {"crop": 224}, {"normalize": {...}}].
#pragma once

#include "core/image/preprocess.h"
#include "core/plugins/findings.h"

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

namespace octavo {

Preprocess read_preprocess(const boost::json::array& steps, const std::string& pointer, std::vector<Finding>& findings);

}  // namespace octavo

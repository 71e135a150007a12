// Which columns of a model's scores belong to which class of the data set.
#pragma once

#include <octavo/result.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace octavo {

// The names of the model's classes in column order, the background (a column that is no class; -1: there is none) left out. No names: the
// data set's classes, in order. Names that are the same thing by is_same_class belong together; columns of other classes are left out.
class ClassMap {
public:
    // `labels` may be the single word voc, coco or coco91, for the lists of class_lists.h; coco91 are the ids 1 to 90, some without a name.
    ClassMap(std::span<const std::string> labels, std::int64_t background);

    // Code::config where no column belongs to a class of the data set.
    Result<void> set_classes(std::span<const char* const> names);

    // How many columns the model must have; nothing where neither side has names.
    std::optional<std::int64_t> expected_columns() const;

    // Chooses among the `found` columns of the model; `place` begins the message where they do not fit the names.
    Result<void> choose(const std::string& place, std::int64_t found);
    // Of what was chosen: column of the model, class of the data set.
    std::span<const std::int32_t> columns() const { return columns_; }
    std::span<const std::int32_t> classes() const { return classes_; }

private:
    std::int64_t background_columns() const { return background_ >= 0 ? 1 : 0; }
    void add(std::int64_t label, std::int64_t data_set_class);

    std::vector<std::string> labels_;
    std::int64_t background_;
    std::optional<std::vector<std::string>> names_;
    std::vector<std::int32_t> columns_, classes_;
};

}  // namespace octavo

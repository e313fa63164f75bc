#include <strata/ipld/bitfield.hpp>

#include "target.hpp"

// A bit field that decodes is a set of sorted ranges, and its own encoding decodes to the same set.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using strata::BitField;
    const auto field = BitField::decode({data, size});
    if (!field) return 0;
    std::uint64_t last = 0;
    for (const auto& range : field->ranges()) {
        STRATA_CHECK(range.begin < range.end && (last == 0 || range.begin > last));
        last = range.end;
    }
    const auto again = BitField::decode(field->to_rle_plus());
    STRATA_CHECK(again.has_value() && *again == *field);
    STRATA_CHECK((*field | *again) == *field && (*field - *again).empty());
    return 0;
}

#include <strata/retrieval/dag_car.hpp>
#include <strata/retrieval/piece_name.hpp>

#include "target.hpp"

// A piece name that can be read has sizes that match each other, and one name of version 2; a byte range that can be
// read does not end before it begins.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    const std::string_view text = as_text({data, size});
    if (const auto name = retrieval::parse_piece_name(text); name && name->sizes) {
        const auto again = retrieval::piece_cid_v2(name->piece, *name->sizes);
        STRATA_CHECK(again.has_value());
        const auto parsed = retrieval::parse_piece_name(again->to_string());
        STRATA_CHECK(parsed.has_value() && parsed->piece == name->piece && parsed->sizes->raw == name->sizes->raw);
    }
    if (const auto bytes = retrieval::parse_entity_bytes(text); bytes && bytes->to)
        STRATA_CHECK((bytes->from < 0) != (*bytes->to < 0) || bytes->from <= *bytes->to);
    return 0;
}

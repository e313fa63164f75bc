#include <strata/ipld/data_model.hpp>

#include "target.hpp"

// The encoding of a value that was decoded can be decoded again, and is then encoded to the same text.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = strata::decode_dag_json(strata::as_text({data, size}));
    if (!value) return 0;
    const auto text = strata::encode_dag_json(*value);
    const auto again = strata::decode_dag_json(text);
    STRATA_CHECK(again.has_value() && strata::encode_dag_json(*again) == text);
    return 0;
}

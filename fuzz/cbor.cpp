#include <strata/ipld/cbor.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/ipld/data_model.hpp>

#include "target.hpp"

// Both readers agree on what is strict DAG-CBOR, and strict DAG-CBOR is encoded to the same bytes again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const strata::BytesView input(data, size);
    const auto value = strata::decode_dag_cbor(input);
    STRATA_CHECK(value.has_value() == strata::is_canonical_cbor(input));
    if (value) {
        STRATA_CHECK(strata::equal(strata::encode_dag_cbor(*value), input));
        STRATA_CHECK(strata::links_of(strata::Codec::dag_cbor, input).has_value());
    }
    if (const auto old = strata::decode_dag_cbor(input, strata::KeyOrder::as_given))
        STRATA_CHECK(strata::equal(strata::encode_dag_cbor(*old, strata::KeyOrder::as_given), input));
    return 0;
}

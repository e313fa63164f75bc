#include <strata/base/bigint.hpp>
#include <strata/base/hex.hpp>
#include <strata/ipld/cid.hpp>
#include <strata/ipld/multibase.hpp>
#include <strata/types/sector.hpp>

#include "target.hpp"

namespace {

using namespace strata;

void check_bases(std::string_view text) {
    if (const auto bytes = from_base64(text)) STRATA_CHECK(to_base64(*bytes) == text);
    if (const auto bytes = from_base32(text)) STRATA_CHECK(to_base32(*bytes) == text);
    if (const auto bytes = from_base58btc(text)) STRATA_CHECK(to_base58btc(*bytes) == text);
    if (const auto bytes = from_hex(text)) STRATA_CHECK(gives(from_hex(to_hex(*bytes)), *bytes));
    const auto bytes = multibase_decode(text);
    if (!bytes) return;
    const auto again = multibase_encode(text[0], *bytes);
    STRATA_CHECK(again.has_value() && gives(multibase_decode(*again), *bytes));
}

}  // namespace

// A string that is read as a number, as bytes or as a CID is written to a string that is read as the same value;
// base64, base32 and base58 have only one string for each byte string.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input(data, size);
    const auto text = as_text(input);
    check_bases(text);
    if (const auto number = BigInt::parse(text)) STRATA_CHECK(gives(BigInt::parse(number->to_string()), *number));
    if (const auto cid = Cid::parse(text)) STRATA_CHECK(gives(Cid::parse(cid->to_string()), *cid));
    if (const auto cid = Cid::from_bytes(input)) {
        STRATA_CHECK(equal(cid->bytes(), input));
        STRATA_CHECK(gives(Cid::parse(cid->to_string()), *cid));
    }
    static_cast<void>(parse_sector_size(text).has_value());
    return 0;
}

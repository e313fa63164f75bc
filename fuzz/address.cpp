#include <strata/types/address.hpp>

#include "target.hpp"

// An address has one form in bytes and one in text, and each can be read back from the other.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using strata::Address;
    const strata::BytesView input(data, size);
    if (const auto address = Address::from_bytes(input)) {
        STRATA_CHECK(strata::equal(address->bytes(), input));
        const auto again = Address::parse(address->to_string());
        STRATA_CHECK(again.has_value() && *again == *address);
    }
    if (const auto address = Address::parse(strata::as_text(input))) {
        const auto again = Address::from_bytes(address->bytes());
        STRATA_CHECK(again.has_value() && *again == *address);
    }
    return 0;
}

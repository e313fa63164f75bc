// Expected values: the crates of the official actors, as in ipld/cbor_official_test.cpp (a label is read as Ipld and
// must be a string or bytes: builtin-actors actors/market/src/deal.rs).
#include <strata/actors/market/types.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::actors::market {

TEST(Label, is_read_by_the_type_in_its_first_byte) {
    const auto read = [](std::string_view text) {
        return from_cbor<Label>(from_hex(text).value(), CborRules::reference);
    };
    EXPECT_EQ(read("40").value(), Label{Bytes{}});
    EXPECT_EQ(read("60").value(), Label{std::string()});
    EXPECT_EQ(read("580161").value(), Label{Bytes{'a'}});
    for (const auto* refused : {"01", "0161", "2161", "81", "5f4161ff", "7f6161ff"})
        EXPECT_FALSE(read(refused)) << refused;
}

}  // namespace strata::actors::market

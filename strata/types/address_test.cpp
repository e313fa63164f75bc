#include <strata/types/address.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {

// The texts are addresses of vectors/lotus-devnet and the Filecoin spec's address appendix.
TEST(Address, text_round_trips_for_every_protocol) {
    for (const auto* text :
         {"t01010", "t1wdnvddhrm7tcstqwv37oi4f2y4oe343u233fdxy", "t2hwlbutialgjxy5yghbbxau2tcvjlshpdjfw2gmq",
          "t3q52cf4bmwhznsbzh47umr7lnzvqyhllfrc3agj24lf6zujzrtkdogtd2sk626bgryrogtxi6qqb5yx7uphka",
          "t410ff5e2crd3fi2ell5ameb24oe66kibmio6w2ev5fq"}) {
        const auto address = Address::parse(text);
        ASSERT_TRUE(address.has_value()) << text;
        EXPECT_EQ(address->to_string('t'), text);
        EXPECT_EQ(*Address::from_bytes(address->bytes()), *address);
    }
    EXPECT_EQ(Address::id(UINT64_MAX).to_string(), "f018446744073709551615");
    EXPECT_EQ(to_hex(Address::parse("f01024")->bytes()), "008008");
}

TEST(Address, refuses_damaged_text_and_bytes) {
    EXPECT_EQ(Address::parse("t1xdnvddhrm7tcstqwv37oi4f2y4oe343u233fdxy").error().code(), Errc::verification);
    for (const auto* text : {"", "t", "t0", "x01", "t5aaaa", "t0-1", "t0x1", "t4abc", "t018446744073709551616"})
        EXPECT_FALSE(Address::parse(text).has_value()) << text;
    EXPECT_EQ(Address::from_bytes(*from_hex("008000")).error().code(), Errc::non_canonical);
    EXPECT_FALSE(Address::from_bytes(*from_hex("0100")).has_value());
    EXPECT_FALSE(Address::from_bytes(*from_hex("05ff")).has_value());
}

}  // namespace strata

// Protects the search for the end of an item: lengths and nesting as in RFC 8949, the limits as the header says.
#include <strata/p2p/item_reader.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::p2p {
namespace {

/// Returns how many bytes of the hexadecimal text are the first item; empty if it is not complete.
std::optional<std::size_t> length_of(std::string_view hex, std::size_t part = SIZE_MAX) {
    const Bytes bytes = from_hex(hex).value();
    ItemScanner scanner;
    std::size_t taken = 0;
    for (BytesView rest = bytes; !rest.empty() && !scanner.is_done();) {
        const auto got = scanner.on_bytes(rest.first(std::min(part, rest.size())));
        EXPECT_TRUE(got) << hex << ": " << got.error().message();
        if (!got) return {};
        taken += *got;
        rest = rest.subspan(*got);
    }
    return scanner.is_done() ? std::optional(taken) : std::nullopt;
}

Errc refusal(std::string_view hex) {
    ItemScanner scanner;
    const auto got = scanner.on_bytes(from_hex(hex).value());
    return got ? Errc::internal : got.error().code();
}

TEST(ItemReaders, the_end_of_an_item_is_found_in_pieces_of_any_size) {
    // The examples of RFC 8949, appendix A, with bytes after them.
    for (const auto& [hex, length] : std::vector<std::pair<std::string, std::size_t>>{{"00ff", 1},
                                                                                      {"1818ff", 2},
                                                                                      {"1bffffffffffffffffff", 9},
                                                                                      {"3903e7ff", 3},
                                                                                      {"40ff", 1},
                                                                                      {"4401020304ff", 5},
                                                                                      {"6449455446ff", 5},
                                                                                      {"80ff", 1},
                                                                                      {"8301820203820405ff", 8},
                                                                                      {"f4ff", 1},
                                                                                      {"f6ff", 1},
                                                                                      {"c11a514b67b0ff", 6},
                                                                                      {"d74401020304ff", 6},
                                                                                      {"8280c000ff", 4},
                                                                                      {"8240f6ff", 3}}) {
        for (const std::size_t part : {std::size_t{1}, std::size_t{2}, std::size_t{3}, SIZE_MAX})
            EXPECT_EQ(length_of(hex, part), length) << hex << " in parts of " << part;
        EXPECT_EQ(length_of(hex.substr(0, 2 * length - 2)), std::nullopt) << hex;
    }
    EXPECT_EQ(length_of("c1"), std::nullopt) << "a tag has an item";
    EXPECT_EQ(length_of("c0"), std::nullopt);
}

TEST(ItemReaders, kinds_that_no_message_has_are_refused) {
    for (const auto* hex : {"a0", "a10102", "9f01ff", "5f4101ff", "f93c00", "fb3ff199999999999a", "f7", "1c", "ff"})
        EXPECT_EQ(refusal(hex), Errc::malformed) << hex;
}

TEST(ItemReaders, nesting_is_limited) {
    const auto nested = [](std::size_t depth) {
        std::string out;
        for (std::size_t i = 0; i < depth; ++i) out += "81";
        return out + "00";
    };
    EXPECT_EQ(length_of(nested(ItemScanner::kDepth)), ItemScanner::kDepth + 1);
    EXPECT_EQ(refusal(nested(ItemScanner::kDepth + 1)), Errc::too_large);
}

TEST(ItemReaders, an_item_has_a_limited_size) {
    const Bytes six = from_hex("450102030405ff").value();
    ItemReader fits(6);
    BytesView rest = six;
    EXPECT_TRUE(fits.take(rest).value());
    EXPECT_EQ(fits.item().size(), 6U);
    EXPECT_EQ(rest.size(), 1U) << "bytes after the item are left";
    ItemReader tight(5);
    rest = six;
    EXPECT_EQ(tight.take(rest).error().code(), Errc::too_large);
    ItemReader huge(5);
    const Bytes announced = from_hex("5bffffffffffffffff00").value();
    rest = announced;
    EXPECT_EQ(huge.take(rest).error().code(), Errc::too_large) << "nothing is kept for the announced length";
}

}  // namespace
}  // namespace strata::p2p

// RFC 9110 §12.5.1 (Accept), §13.1 (conditions), §8.8.3.2 (comparison of tags); RFC 8187.
#include <strata/retrieval/http_fields.hpp>

#include <gtest/gtest.h>

namespace strata::retrieval {
namespace {

std::string order(std::string_view header) {
    std::string out;
    for (const auto& range : parse_accept(header)) out += range.type + " ";
    return out;
}

TEST(Accept, most_wanted_first) {
    // The examples of RFC 9110 §12.5.1.
    EXPECT_EQ(order("audio/*; q=0.2, audio/basic"), "audio/basic audio/* ");
    EXPECT_EQ(order("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c"),
              "text/html text/x-c text/x-dvi text/plain ");
    EXPECT_EQ(order("text/html;level=3;q=0.7, text/html;q=0.7, text/plain;q=0.2, text/*;q=0.3, */*;q=0.5"),
              "text/html text/html */* text/* text/plain ");
    EXPECT_EQ(order("a/b;q=0, c/d;q=0.000, e/f;q=0.001"), "e/f ") << "0 is not acceptable";
    EXPECT_EQ(order(""), "");
    EXPECT_EQ(order(" , ,;q=1, TEXT/HTML ,"), "text/html ");
    EXPECT_EQ(order("a/b;q=9, c/d;q=0.5"), "a/b c/d ") << "an invalid weight counts as 1";
}

TEST(Accept, parameters) {
    const auto ranges = parse_accept("application/vnd.ipld.car; VERSION = 1 ;order=\"df\\s,;\"; dups=y;lone;q=0.25");
    ASSERT_EQ(ranges.size(), 1U);
    EXPECT_EQ(ranges[0].quality, 250U);
    EXPECT_EQ(ranges[0].params.at("version"), "1");
    EXPECT_EQ(ranges[0].params.at("order"), "dfs,;");
    EXPECT_EQ(ranges[0].params.at("dups"), "y");
    EXPECT_EQ(ranges[0].params.size(), 3U);
    EXPECT_LE(parse_accept(std::string(100'000, ',')).size(), 64U);
}

TEST(Conditions, tags) {
    EXPECT_TRUE(allows_range("", "\"1\""));
    EXPECT_TRUE(allows_range("\"1\"", "\"1\""));
    EXPECT_FALSE(allows_range("W/\"1\"", "\"1\""));
    EXPECT_FALSE(allows_range("W/\"1\"", "W/\"1\""));
    EXPECT_FALSE(allows_range("Thu, 01 Jan 1970 00:00:00 GMT", "\"1\""));
}

TEST(Texts, are_safe_in_headers) {
    EXPECT_EQ(percent_encoded("/ipfs/a b/\xd1\x82\r\n%\""), "/ipfs/a%20b/%D1%82%0D%0A%25%22");
    EXPECT_EQ(attachment("x.bin"), "attachment; filename=\"x.bin\"");
    EXPECT_EQ(attachment("a\"\\\n"), "attachment; filename=\"a___\"; filename*=UTF-8''a%22%5C%0A");
}

}  // namespace
}  // namespace strata::retrieval

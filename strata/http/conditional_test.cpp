#include <strata/http/conditional.hpp>

#include <gtest/gtest.h>

namespace strata::http {
namespace {

bool matches(std::string header, std::string_view etag) {
    return matches_none_match({"GET", "/", {}, {{"if-none-match", std::move(header)}}, {}}, etag);
}

// The examples are those of RFC 9110 §13.1.2; §8.8.3.2 defines the comparison, which ignores W/.
TEST(HttpConditional, examples_of_the_rfc) {
    EXPECT_TRUE(matches("\"xyzzy\"", "\"xyzzy\""));
    EXPECT_TRUE(matches("W/\"xyzzy\"", "\"xyzzy\""));
    EXPECT_TRUE(matches("\"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"", "\"r2d2xxxx\""));
    EXPECT_TRUE(matches("W/\"xyzzy\", W/\"r2d2xxxx\", W/\"c3piozzzz\"", "\"c3piozzzz\""));
    EXPECT_TRUE(matches("*", "\"anything\""));
    EXPECT_TRUE(matches("\"xyzzy\"", "W/\"xyzzy\""));
    EXPECT_FALSE(matches("\"xyzzy\"", "\"other\""));
    EXPECT_FALSE(matches("", "\"other\""));
}

TEST(HttpConditional, grammar) {
    EXPECT_TRUE(matches("\"a,b\" ,, \"c\"", "\"c\"")) << "a comma may stand in a tag, elements may be empty";
    EXPECT_FALSE(matches("xyzzy", "\"xyzzy\""));
    EXPECT_FALSE(matches("\"a\" \"b\"", "\"b\""));
    EXPECT_FALSE(matches("\"a", "\"a"));
    EXPECT_FALSE(matches("w/\"a\"", "\"a\"")) << "W is case-sensitive";
}

// Source: RFC 9110 §5.6.7.
TEST(HttpConditional, date) {
    EXPECT_EQ(http_date(std::chrono::sys_seconds(std::chrono::seconds(784111777))), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpConditional, vary_is_one_list) {
    Response response;
    add_vary(response, "Accept");
    add_vary(response, "Origin");
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].second, "Accept, Origin");
}

}  // namespace
}  // namespace strata::http

#include <strata/http/conditional.hpp>

#include <gtest/gtest.h>

namespace strata::http {
namespace {

// The examples are those of RFC 9110 §13.1.2; §8.8.3.2 defines the comparison, which ignores W/.
TEST(HttpConditional, examples_of_the_rfc) {
    EXPECT_TRUE(matches_none_match("\"xyzzy\"", "\"xyzzy\""));
    EXPECT_TRUE(matches_none_match("W/\"xyzzy\"", "\"xyzzy\""));
    EXPECT_TRUE(matches_none_match("\"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"", "\"r2d2xxxx\""));
    EXPECT_TRUE(matches_none_match("W/\"xyzzy\", W/\"r2d2xxxx\", W/\"c3piozzzz\"", "\"c3piozzzz\""));
    EXPECT_TRUE(matches_none_match("*", "\"anything\""));
    EXPECT_TRUE(matches_none_match("\"xyzzy\"", "W/\"xyzzy\""));
    EXPECT_FALSE(matches_none_match("\"xyzzy\"", "\"other\""));
    EXPECT_FALSE(matches_none_match("", "\"other\""));
}

TEST(HttpConditional, grammar) {
    EXPECT_TRUE(matches_none_match("\"a,b\" ,, \"c\"", "\"c\"")) << "a comma may be in a tag; elements may be empty";
    EXPECT_FALSE(matches_none_match("xyzzy", "\"xyzzy\""));
    EXPECT_FALSE(matches_none_match("\"a\" \"b\"", "\"b\""));
    EXPECT_FALSE(matches_none_match("\"a", "\"a"));
    EXPECT_FALSE(matches_none_match("w/\"a\"", "\"a\"")) << "W is case-sensitive";
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

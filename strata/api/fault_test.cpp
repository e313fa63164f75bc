#include <strata/api/fault.hpp>

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

namespace strata::api {
namespace {

TEST(TextWriter, WritesLikeTheTree) {
    auto list = TextWriter::list(100);
    EXPECT_TRUE(list.add(Json(1)));
    EXPECT_TRUE(list.add(Json{{"a", nullptr}}));
    EXPECT_EQ(std::move(list).finish().json, R"([1,{"a":null}])");
    auto object = TextWriter::object(100);
    EXPECT_TRUE(object.add("x\"", Json(1)));
    EXPECT_TRUE(object.add("y", Json::array()));
    EXPECT_EQ(std::move(object).finish().json, R"({"x\"":1,"y":[]})");
    EXPECT_EQ(TextWriter::list(1).finish().json, "[]");
    EXPECT_EQ(TextWriter::list(1).finish_or_null().json, "null");
}

TEST(TextWriter, IsBounded) {
    auto list = TextWriter::list(10);
    EXPECT_TRUE(list.add(Json("1234")));
    EXPECT_EQ(list.add(Json("1234")).error().code(), Errc::too_large);
}

}  // namespace
}  // namespace strata::api

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiNodeMethods : public testing::TestNode {};

TEST_F(ApiNodeMethods, ASessionLastsAsLongAsTheService) {
    const auto session = result("Session").get<std::string>();
    EXPECT_EQ(session.size(), 36U);
    EXPECT_EQ(session[14], '4');
    EXPECT_EQ(result("Session"), session);
    open();
    EXPECT_NE(result("Session"), session);
}

}  // namespace
}  // namespace strata::api

// The expected values follow Lotus' rules, which each test names.
#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiSearch : public testing::TestNode {
  protected:
    static constexpr const char* kNobody = "t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa";
};

// Addresses are compared as written, and the newest tipset comes first (lotus node/impl/full/state.go,
// StateListMessages).
TEST_F(ApiSearch, ListsMessages) {
    const Printer print('t');
    const auto cids = result("MpoolBatchPush", {{print(transfer(0, Address::id(101))), print(transfer(1, client()))}});
    ASSERT_EQ(cids.size(), 2U);
    mine_at(1);
    mine_at(height() + 1);
    EXPECT_EQ(result("StateListMessages", {{{"From", text(client())}}, nullptr, 0}).size(), 2U);
    EXPECT_EQ(result("StateListMessages", {{{"To", text(client())}, {"From", ""}}, nullptr, 0}),
              Json::array({cids[1]}));
    EXPECT_EQ(result("StateListMessages", {{{"to", text(client())}, {"from", nullptr}}, nullptr, 0}),
              Json::array({cids[1]}));
    EXPECT_EQ(result("StateListMessages", {{{"From", text(client())}}, nullptr, height()}), Json());
    EXPECT_EQ(result("StateListMessages", {{{"To", kNobody}}, nullptr, 0}), Json());
    EXPECT_EQ(code("StateListMessages", {Json::object(), nullptr, 0}), 1);
    EXPECT_EQ(code("MpoolBatchPush", {Json::array({1})}), -32700);
}

}  // namespace
}  // namespace strata::api

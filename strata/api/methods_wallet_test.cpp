// The expected values follow Lotus' rules, which each test names.
#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>

namespace strata::api {
namespace {

class ApiWallet : public testing::TestNode {};

TEST_F(ApiWallet, AddressesAndSignatures) {
    const auto sent = transfer(0, Address::id(101));
    EXPECT_EQ(result("WalletValidateAddress", {text(client())}), text(client()));
    EXPECT_EQ(result("WalletValidateAddress", {""}), "<empty>");
    EXPECT_EQ(code("WalletValidateAddress", {"t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuab"}), 1);
    const Json signature{{"Type", 2}, {"Data", to_base64(sent.signature.data)}};
    const auto cid = sent.message.cid();
    EXPECT_EQ(result("WalletVerify", {text(client()), to_base64(cid.bytes()), signature}), true);
    EXPECT_EQ(result("WalletVerify", {text(client()), "AAAA", signature}), false);
}

}  // namespace
}  // namespace strata::api

// The messages are those of lotus node/impl/full/multisig.go and chain/actors/builtin/multisig/message*.go; that they
// do what they should is decided by the multisig actor itself, on a chain.
#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>

namespace strata::api {
namespace {

class ApiMultisigMessages : public testing::TestNode {
  protected:
    /// Sends what a method of /rpc/v1 proposes, and returns the receipt.
    Json run(const std::string& method, const testing::Params& params) {
        const auto proposed = result(method, params);
        EXPECT_EQ(proposed["ValidNonce"], false);
        return landed(result("MpoolPushMessage", {proposed["Message"], nullptr})["CID"]);
    }
    Json landed(const Json& cid) {
        Json found;
        while (found.is_null()) {
            mine_at(height() + 1);
            found = result("StateSearchMsg", {nullptr, cid, -1, true});
        }
        EXPECT_EQ(found["Receipt"]["ExitCode"], 0) << found;
        return found["Receipt"];
    }
    std::string me = text(client());
    std::string you = text(client_two());
};

TEST_F(ApiMultisigMessages, AWalletIsMadeAndPaysWhatItsSignersAgreeTo) {
    mine_at(1);
    const auto created = run("MsigCreate", {2, Json{me, you}, 0, "1000", me, "0"});
    // The return of Exec has the new actor's ID address first.
    const Bytes data = *from_base64(created["Return"].get<std::string>());
    CborReader reader(data);
    ASSERT_TRUE(reader.tuple(2));
    Address id;
    ASSERT_TRUE(decode(reader, id));
    const auto wallet = text(id);
    EXPECT_EQ(result("StateGetActor", {wallet, nullptr})["Balance"], "1000");

    run("MsigPropose", {wallet, "t0100", "300", me, 0, ""});
    const auto pending = result("MsigGetPending", {wallet, nullptr});
    ASSERT_EQ(pending.size(), 1U);
    EXPECT_EQ(pending[0]["Value"], "300");
    run("MsigApproveTxnHash", {wallet, 0, me, "t0100", "300", you, 0, ""});
    EXPECT_EQ(result("StateGetActor", {wallet, nullptr})["Balance"], "700");
    EXPECT_EQ(result("MsigGetPending", {wallet, nullptr}), Json::array());

    // A proposal that is taken back, by a name without and with a hash.
    run("MsigAddPropose", {wallet, me, "t0100", false});
    run("MsigCancel", {wallet, 1, me});
    run("MsigAddPropose", {wallet, me, "t0100", false});
    run("MsigAddCancel", {wallet, me, 2, "t0100", false});
    EXPECT_EQ(result("MsigGetPending", {wallet, nullptr}), Json::array());

    // A new signer, whom both of the old ones want.
    run("MsigAddPropose", {wallet, me, "t099", true});
    run("MsigAddApprove", {wallet, you, 3, me, "t099", true});
    EXPECT_EQ(result("StateReadState", {wallet, nullptr})["State"]["Signers"].size(), 3U);
    EXPECT_EQ(result("StateReadState", {wallet, nullptr})["State"]["NumApprovalsThreshold"], 3);
}

TEST_F(ApiMultisigMessages, TheFirstVersionOfTheApiSendsTheMessage) {
    mine_at(1);
    const auto cid = result("MsigCreate", {1, Json{me}, 0, "5", me, "0"}, "/rpc/v0");
    landed(cid);
}

TEST_F(ApiMultisigMessages, ParametersThatCannotBeRightAreRefused) {
    EXPECT_EQ(message("MsigCreate", {3, Json{me, you}, 0, "0", me, "0"}),
              "cannot require signing of more addresses than provided for multisig");
    EXPECT_EQ(message("MsigCreate", {1, Json{me}, 0, "0", "", "0"}), "must provide source address");
    EXPECT_EQ(message("MsigPropose", {"", "t0100", "0", me, 0, ""}),
              "failed to create proposal: must provide a multisig address for proposal");
    EXPECT_EQ(message("MsigPropose", {"t01", "t0100", "-1", me, 0, ""}),
              "failed to create proposal: must provide a non-negative amount for proposed send");
    EXPECT_EQ(message("MsigApprove", {"", 0, me}), "must provide multisig address");
    EXPECT_EQ(message("MsigApprove", {"t01", std::uint64_t{1} << 63, me}),
              "transaction ID 9223372036854775808 is out of range for int64");
    EXPECT_EQ(message("MsigCancelTxnHash", {"t01", 0, "", "0", "t0100", 0, ""}),
              "proposed destination address must be set");
}

}  // namespace
}  // namespace strata::api

#pragma once
// A node whose chain has the contracts of tests/contracts, deployed and called by transactions that ethers signed
// (tests/contracts/signed.json).
#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>
#include <strata/testing/contracts.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::api::testing {

class ContractsNode : public TestNode {
  protected:
    /// The transactions by name.
    const Json signed_by_ethers = Json::parse(strata::testing::read_file(strata::testing::contract_artifact("signed")));

    std::string sender() const { return signed_by_ethers["from"]; }
    std::string contract(const std::string& name) const { return signed_by_ethers["contracts"][name]; }
    std::string input(const std::string& name) const { return signed_by_ethers["calls"][name]; }
    const Json& transaction(const std::string& name) const {
        for (const auto& one : signed_by_ethers["signed"])
            if (one["name"] == name) return one;
        ADD_FAILURE() << "no transaction " << name;
        return signed_by_ethers["signed"][0];
    }
    std::string hash_of(const std::string& name) const { return transaction(name)["hash"]; }

    /// Gives the sender FIL.
    void fund() {
        mine_at(height() + 1);
        const auto address = Address::delegated(kEamId, *from_hex(sender().substr(2)));
        auto first = transfer(0, address, fil(500)).message;
        first.gas_limit = 100'000'000;  // it makes an actor
        push({first, *wallet.sign(first.from, first.cid().bytes())});
        mine_at(height() + 1);
    }
    /// Sends the transactions up to the one with this name, or all, and mines until their receipts are known.
    void send(const std::string& last = "pay") {
        for (const auto& one : signed_by_ethers["signed"]) {
            ASSERT_EQ(result("eth_sendRawTransaction", {one["raw"]}), one["hash"]) << one["name"];
            if (one["name"] == last) break;
        }
        for (int i = 0; i < 4; ++i) mine_at(height() + 1);
    }
    void deploy_all() {
        fund();
        send();
    }
    Json call_to(const std::string& to, const std::string& data) const {
        return {{"from", sender()}, {"to", to}, {"data", data}};
    }
    static std::string word(std::uint64_t value) {
        Hash256 out{};
        store_be(out.data() + 24, value);
        return "0x" + to_hex(out);
    }
    /// The block in which a transaction was executed.
    std::string block_of(const std::string& name) {
        const auto traces = result("trace_transaction", {hash_of(name)});
        if (traces.empty()) return "0x0";
        return "0x" + to_hex(BigInt(traces[0]["blockNumber"].get<std::int64_t>()).magnitude_be());
    }
};

}  // namespace strata::api::testing

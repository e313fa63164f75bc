#include <strata/market/market_chain.hpp>

#include <strata/chain/full_node.hpp>
#include <strata/chain/miner_view.hpp>
#include <strata/chain/send_message.hpp>
#include <strata/provider/node_chain.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::market {
namespace {

class NodeMarketChain final : public MarketChain {
  public:
    NodeMarketChain(chain::FullNode& node, wallet::Wallet& wallet) : node_(node), wallet_(wallet) {}

    ChainEpoch head_epoch() override { return node_.head()->height(); }
    Status publish(const SignedMessage& message) override { return provider::publish_through(node_, message); }
    Result<provider::MessageFate> fate(const SignedMessage& message) override {
        return provider::fate_through(node_, message);
    }

    const chain::Network& network() const override { return node_.network(); }
    Result<vm::StateTree> head_state() override { return node_.head_state(); }
    Result<SignedMessage> sign(Message message) override {
        return chain::price_and_sign(node_, wallet_, std::move(message));
    }
    Result<Cid> send(Message message) override { return chain::send_message(node_, wallet_, std::move(message)); }
    Result<Signature> sign_bytes(const Address& signer, BytesView bytes) override {
        STRATA_TRY(auto state, node_.head_state());
        STRATA_TRY(const auto key, chain::key_of(state, signer));
        return wallet_.sign(key, bytes);
    }

  private:
    chain::FullNode& node_;
    wallet::Wallet& wallet_;
};

}  // namespace

std::unique_ptr<MarketChain> market_chain_through(chain::FullNode& node, wallet::Wallet& wallet) {
    return std::make_unique<NodeMarketChain>(node, wallet);
}

}  // namespace strata::market

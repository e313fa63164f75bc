#include <strata/market/market_chain.hpp>

#include <strata/actors/read/account.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/send_message.hpp>
#include <strata/provider/config.hpp>
#include <strata/provider/node_chain.hpp>
#include <strata/vm/state_tree.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::market {
namespace {

class WalletMarketChain final : public MarketChain {
  public:
    WalletMarketChain(chain::Chain& chain, wallet::Wallet& wallet, std::shared_ptr<const provider::MaxFees> max_fees)
        : chain_(chain), wallet_(wallet), max_fees_(std::move(max_fees)) {}

    ChainEpoch head_epoch() override { return chain_.head()->height(); }
    Status publish(const SignedMessage& message) override { return provider::publish_through(chain_, message); }
    Result<provider::MessageFate> fate(const SignedMessage& message) override {
        return provider::fate_through(chain_, message);
    }
    Status raise_bid(const SignedMessage& message) override {
        return provider::raise_bid_through(chain_, wallet_, message, max_fee());
    }

    const chain::Network& network() const override { return chain_.network(); }
    Result<vm::StateTree> head_state() override { return chain_.head_state(); }
    Result<SignedMessage> sign(Message message) override {
        return chain::price_and_sign(chain_, wallet_, std::move(message), max_fee());
    }
    Result<Cid> send(Message message) override { return chain::send_message(chain_, wallet_, std::move(message)); }
    Result<Signature> sign_bytes(const Address& signer, BytesView bytes) override {
        STRATA_TRY(auto state, chain_.head_state());
        STRATA_TRY(const auto key, actors::read::key_of(state, signer));
        return wallet_.sign(key, bytes);
    }

  private:
    TokenAmount max_fee() const { return provider::nano_fil(max_fees_->usual); }

    chain::Chain& chain_;
    wallet::Wallet& wallet_;
    const std::shared_ptr<const provider::MaxFees> max_fees_;
};

}  // namespace

std::unique_ptr<MarketChain> market_chain_through(chain::Chain& chain, wallet::Wallet& wallet,
                                                  std::shared_ptr<const provider::MaxFees> max_fees) {
    if (!max_fees) max_fees = std::make_shared<provider::MaxFees>();
    return std::make_unique<WalletMarketChain>(chain, wallet, std::move(max_fees));
}

}  // namespace strata::market

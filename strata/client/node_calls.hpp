#pragma once
// Asks a running node for what a client of storage needs: its wallet, the market's state, messages. The node is the
// person's own and is trusted; what it passes on from others is read with bounds. One thread at a time. Source:
// docs/protocol/node.md §28 (lotus api/api_full.go).
#include <strata/actors/market/types.hpp>
#include <strata/api/client.hpp>
#include <strata/types/message.hpp>

namespace strata::client {

struct HeldKey {
    Address address;
    TokenAmount balance;
};

/// How a message ended.
struct Execution {
    ChainEpoch height = 0;  // of the tipset whose state has the effects
    std::uint32_t exit_code = 0;
};

struct ChainDeal {
    DealId id = 0;
    actors::market::DealProposal proposal;
    actors::market::DealState state;
};

// Errors of all calls: those of api::Client::ask(); malformed if an answer is not what the method returns.
class NodeCalls {
  public:
    /// `node` must outlive the object; `prefix` is the first letter of the network's addresses.
    NodeCalls(api::Client& node, char prefix) : node_(node), prefix_(prefix) {}
    std::string text(const Address& address) const { return address.to_string(prefix_); }
    char prefix() const { return prefix_; }

    Result<ChainEpoch> head_epoch();
    Result<Cid> genesis();

    Result<std::vector<HeldKey>> keys();
    /// Returns the key address of an address; the wallet's default one if `given` is empty. Errors: not_found if the
    /// wallet has no default address, or not the key of `given`.
    Result<Address> wallet_key(const std::optional<Address>& given);
    Result<TokenAmount> balance(const Address& address);
    /// Returns the part of the escrow that is not locked; 0 if no actor has the address.
    Result<TokenAmount> free_escrow(const Address& address);
    /// Returns the ID address; empty if no actor has the address.
    Result<std::optional<Address>> id_of(const Address& address);
    Result<Signature> sign(const Address& key, BytesView bytes);

    /// Gives the message gas and nonce, and signs it. Nothing is sent. Errors: verification if it would fail.
    Result<SignedMessage> price_and_sign(Message message);
    /// Errors: verification if the node refused it; then `refusal`, if it is given, has the node's words.
    Status push(const SignedMessage& message, api::Refusal* refusal = nullptr);
    /// Returns how a message ended; empty if it is not on the chain.
    Result<std::optional<Execution>> search(const Cid& message);
    /// Returns the nonce of the next message in the state of the head; 0 if no actor has the address.
    Result<Nonce> nonce_on_chain(const Address& address);

    /// Returns the collateral that a provider must give at least, with some to spare.
    Result<TokenAmount> provider_collateral(std::uint64_t padded_size);
    /// Returns a deal of the market's state; empty if it is not there.
    Result<std::optional<ChainDeal>> deal(DealId id);
    /// Returns all deals of the market's state. Errors: too_large for more than 64 MiB.
    Result<std::vector<ChainDeal>> deals();
    Result<std::vector<Address>> miners();
    /// Returns the multiaddrs of a miner on the chain, in their binary form.
    Result<std::vector<Bytes>> multiaddrs(const Address& miner);
    Result<std::uint64_t> sector_size(const Address& miner);

  private:
    Result<std::optional<api::Json>> find(const std::string& method, const api::Json& parameters,
                                          const std::vector<std::string>& nothing);

    api::Client& node_;
    const char prefix_;
};

}  // namespace strata::client

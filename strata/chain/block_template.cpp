#include <strata/chain/block_template.hpp>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/weight.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/vm/machine.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {
namespace {

// Selects the offered messages that a block of `epoch` may hold (docs/protocol/node.md §8.3); the others are left out.
class Filter {
  public:
    Filter(const Network& network, ChainEpoch epoch, SignatureCache& signatures, vm::StateTree& state,
           const vm::Manifest& manifest)
        : network_(network), epoch_(epoch), signatures_(signatures), state_(state), manifest_(manifest) {}

    /// Returns true, and counts the message, if the block may hold it.
    Result<bool> admit(const SignedMessage& signed_message) {
        const Message& message = signed_message.message;
        if (count_ == kBlockMessageLimit) return false;
        if (!check_message_syntax(network_, epoch_, message, signed_message.chain_length())) return false;
        if (gas_ + message.gas_limit > kBlockGasLimit) return false;
        const auto sender = sender_account(state_, manifest_, message.from);
        if (!sender && sender.error().is_fatal()) return sender.error();
        // Signatures of pool messages were verified when they arrived, so this usually hits the cache.
        if (!sender || !signatures_.check(network_, signed_message, sender->key)) return false;
        const auto [it, first] = nonces_.try_emplace(sender->id, sender->nonce);
        if (it->second != message.nonce) return false;
        ++it->second;
        ++count_;
        gas_ += message.gas_limit;
        return true;
    }

  private:
    const Network& network_;
    const ChainEpoch epoch_;
    SignatureCache& signatures_;
    vm::StateTree& state_;
    const vm::Manifest& manifest_;
    std::map<ActorId, Nonce> nonces_;
    std::int64_t gas_ = 0;
    std::size_t count_ = 0;
};

Result<Signature> aggregate(const std::vector<crypto::bls::Signature>& signatures) {
    STRATA_TRY(const auto sum, crypto::bls::aggregate(signatures));
    return Signature{Signature::Type::bls, to_bytes(sum)};
}

/// Returns a block that has only its messages, their CID and their aggregate signature.
Result<FullBlock> with_messages(LocalChain& node, ChainEpoch epoch, const TipsetState& parents,
                                const std::vector<SignedMessage>& messages) {
    ChainStore& chain = node.chain();
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), parents.state_root));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    Filter filter(node.network(), epoch, node.pool().signatures(), state, manifest);
    FullBlock block;
    std::vector<crypto::bls::Signature> signatures;
    // BLS messages are executed first, so they must be counted first.
    for (const bool bls : {true, false}) {
        for (const auto& message : messages) {
            if ((message.signature.type == Signature::Type::bls) != bls) continue;
            STRATA_TRY(const bool admitted, filter.admit(message));
            if (!admitted) continue;
            if (!bls) {
                block.messages.secp.push_back(message);
                continue;
            }
            block.messages.bls.push_back(message.message);
            std::ranges::copy(message.signature.data, signatures.emplace_back().begin());
        }
    }
    STRATA_TRY(block.header.bls_aggregate, aggregate(signatures));
    STRATA_TRY(block.header.messages, chain.put_messages(block.messages));
    return block;
}

}  // namespace

Result<FullBlock> fill_block(LocalChain& node, wallet::Wallet& wallet, const Address& worker,
                             const BlockTemplate& from) {
    ChainStore& chain = node.chain();
    STRATA_TRY(const auto base, chain.tipset(from.parents));
    STRATA_TRY(const auto parents, node.states().state_after(base));
    STRATA_TRY(auto block, with_messages(node, from.epoch, parents, from.messages));
    BlockHeader& header = block.header;
    header.miner = from.miner;
    header.ticket = from.ticket;
    header.election_proof = from.election;
    header.beacon_entries = from.beacon_entries;
    header.win_post_proof = from.proof;
    header.parents = base->cids();
    STRATA_TRY(header.parent_weight, chain_weight(chain, *base));
    header.height = from.epoch;
    header.parent_state_root = parents.state_root;
    header.parent_message_receipts = parents.receipts_root;
    header.timestamp = from.timestamp;
    STRATA_TRY(header.parent_base_fee, base_fee_after(chain, node.network(), *base));
    STRATA_TRY(header.block_sig, wallet.sign(worker, header.signing_bytes()));
    return block;
}

}  // namespace strata::chain

// Answers eth_getProof. Filecoin has no Merkle-Patricia trie: the state is a tree of IPLD blocks, a HAMT of actors with
// a KAMT for the storage of each contract. The proofs are those blocks, from the root down; who knows the root can
// check them by their hashes. docs/api.md says how. Source of the form: EIP-1186.
#include <nlohmann/json.hpp>

#include <strata/actors/evm/state.hpp>
#include <strata/api/ethereum_account.hpp>
#include <strata/api/ethereum_block.hpp>
#include <strata/api/method_table.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/kamt.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kMaxSlots = 1'024;  // of one proof

/// Remembers the blocks that are read through it, each once, in their order.
class ReadRecorder final : public Blockstore {
  public:
    explicit ReadRecorder(Blockstore& from) : from_(from) {}

    Result<Bytes> get(const Cid& cid) override {
        auto found = from_.get(cid);
        if (found && seen_.insert(cid).second) blocks_.push_back(hex_text(*found));
        return found;
    }
    Result<bool> has(const Cid& cid) override { return from_.has(cid); }
    Result<Cid> put(Codec, BytesView) override { return fail(Errc::internal, "a proof does not write"); }
    Status put_block(const Cid&, BytesView) override { return fail(Errc::internal, "a proof does not write"); }
    Json take() {
        seen_.clear();
        return std::exchange(blocks_, Json::array());
    }

  private:
    Blockstore& from_;
    std::set<Cid> seen_;
    Json blocks_ = Json::array();
};

/// A slot as clients write it: a number of up to 32 bytes.
struct Slot {
    Hash256 key{};
    std::string text;
};
Status read(const Json& from, Slot& to) {
    if (!from.is_string())
        return fail(Errc::malformed,
                    std::string("a slot has the JSON type ") + from.type_name() + ", expected a string");
    to.text = from.get<std::string>();
    std::string digits = to.text.starts_with("0x") ? to.text.substr(2) : to.text;
    if (digits.size() > 64)
        return fail(Errc::malformed, "a slot has " + std::to_string(digits.size()) + " digits, expected at most 64");
    STRATA_TRY(to.key, parse_ethereum_hash("0x" + std::string(64 - digits.size(), '0') + digits));
    return {};
}

Hash256 digest_of(const Cid& cid) {
    Hash256 out{};
    std::ranges::copy(cid.digest(), out.begin());
    return out;
}

Json print_slot(const Slot& slot, const Hash256& word, Json proof) {
    return {{"key", slot.text}, {"value", quantity(BigInt::from_be(word))}, {"proof", std::move(proof)}};
}

/// Adds the contract's part to a proof.
Status prove_storage(ReadRecorder& blocks, const Cid& head, const std::vector<Slot>& slots, Json& out) {
    STRATA_TRY(const auto state, get_cbor<actors::evm::State>(blocks, head));
    const bool is_dead = state.tombstone.has_value();
    out["nonce"] = quantity(is_dead ? Nonce{0} : state.nonce);
    if (is_dead) return {};
    Hash256 code_hash{};
    if (state.bytecode_hash.size() == code_hash.size()) std::ranges::copy(state.bytecode_hash, code_hash.begin());
    out["codeHash"] = hex_text(code_hash);
    out["storageHash"] = hex_text(digest_of(state.contract_state));
    out["storageProof"] = Json::array();
    blocks.take();
    for (const auto& slot : slots) {
        // The contract's state comes first: it names the root of the storage.
        STRATA_OK(blocks.get(head));
        STRATA_TRY(const auto storage, Kamt::load(blocks, state.contract_state));
        STRATA_TRY(const auto word, storage.get(slot.key));
        out["storageProof"].push_back(print_slot(slot, word.value_or(Hash256{}), blocks.take()));
    }
    return {};
}

Answered<Json> prove(Context& context, const HexAddress& asked, const std::vector<Slot>& slots,
                     const Omittable<EthereumBlock>& block) {
    const EthereumAddress& address = asked.value;
    if (slots.size() > kMaxSlots)
        return Fault(Code::invalid_params, "there are " + std::to_string(slots.size()) + " slots, expected at most " +
                                               std::to_string(kMaxSlots));
    STRATA_TRY(const Address as_filecoin, chain::filecoin_address(address));
    STRATA_TRY(const auto tipset, tipset_of(context, block.value.value_or(EthereumBlock::tagged("latest"))));
    STRATA_TRY(const auto after, context.chain.state_after(tipset));
    ReadRecorder blocks(context.blocks());
    STRATA_TRY(auto state, vm::StateTree::load(blocks, after.state_root));
    STRATA_TRY(const auto id, state.resolve(as_filecoin));
    std::optional<vm::ActorState> actor;
    if (id) {
        STRATA_TRY(actor, state.get(*id));
    }
    Json out{{"address", hex_text(address)},
             {"balance", quantity(actor ? actor->balance : TokenAmount(0))},
             {"nonce", quantity(actor ? actor->sequence : Nonce{0})},
             {"codeHash", hex_text(crypto::keccak_256({}))},
             {"storageHash", hex_text(Hash256{})},
             {"accountProof", blocks.take()},
             {"storageProof", Json::array()},
             {"proofFormat", "filecoin-ipld"},
             {"stateRoot", after.state_root.to_string()}};
    for (const auto& slot : slots) out["storageProof"].push_back(print_slot(slot, {}, Json::array()));
    if (!actor) return out;
    STRATA_TRY(const auto name, code_name(state, actor->code));
    if (name == "evm") STRATA_OK(prove_storage(blocks, actor->head, slots, out));
    return out;
}

}  // namespace

void add_ethereum_proof_methods(MethodTable& table) {
    table.add("EthGetProof", prove, Cost::expensive);
    table.alias("eth_getProof", "EthGetProof");
}

}  // namespace strata::api

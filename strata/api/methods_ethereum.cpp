// Answers the Ethereum methods about accounts, and about the node itself. Source: docs/protocol/node.md §29; lotus
// node/impl/eth/{basic,lookup,filecoin,transaction}.go.
#include <nlohmann/json.hpp>

#include <strata/actors/read/account.hpp>
#include <strata/api/ethereum_block.hpp>
#include <strata/api/ethereum_json.hpp>
#include <strata/api/method_table.hpp>
#include <strata/api/network.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/sync_status.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/kamt.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kWord = 32;

/// The state after a block's messages, and the actor of an address in it.
struct Account {
    vm::StateTree state;
    std::optional<vm::ActorState> actor;
};
Result<Account> account(Context& context, const HexAddress& address, const EthereumBlock& block) {
    STRATA_TRY(const Address parsed, chain::filecoin_address(address.value));
    STRATA_TRY(const auto tipset, tipset_of(context, block));
    STRATA_TRY(const auto after, context.chain.state_after(tipset));
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), after.state_root));
    STRATA_TRY(const auto id, state.resolve(parsed));
    std::optional<vm::ActorState> actor;
    if (id) {
        STRATA_TRY(actor, state.get(*id));
    }
    return Account{std::move(state), std::move(actor)};
}
/// Empty if the actor is missing or is not an EVM contract.
Result<std::optional<actors::read::Contract>> contract_of(Account& found) {
    if (!found.actor) return std::optional<actors::read::Contract>{};
    STRATA_TRY(const auto name, code_name(found.state, found.actor->code));
    if (name != "evm") return std::optional<actors::read::Contract>{};
    STRATA_TRY(auto contract, actors::read::load_contract(found.state.store(), *found.actor));
    return std::optional(std::move(contract));
}

Result<Json> chain_id(Context& context) {
    return Json(quantity(context.chain.network().chain_id));
}
Result<Json> net_version(Context& context) {
    return Json(std::to_string(context.chain.network().chain_id));
}
Result<Json> client_version(Context& context) {
    return Json(context.options.version);
}
Result<Json> block_number(Context& context) {
    STRATA_TRY(const auto latest, tipset_of(context, EthereumBlock::tagged("latest")));
    return Json(quantity(latest->height()));
}
Result<Json> balance(Context& context, const HexAddress& address, const EthereumBlock& block) {
    STRATA_TRY(const auto found, account(context, address, block));
    return Json(quantity(found.actor ? found.actor->balance : TokenAmount(0)));
}
/// Returns the next nonce, after the messages that wait in the pool; 0 for an address that has no actor yet, as other
/// Ethereum nodes do.
Result<Json> pending_count(Context& context, const HexAddress& address) {
    STRATA_TRY(const Address parsed, chain::filecoin_address(address.value));
    const auto next = context.chain.next_nonce(parsed);
    if (!next && next.error().code() == Errc::not_found) return Json("0x0");
    if (!next) return next.error();
    return Json(quantity(*next));
}

/// Returns the nonce of an account, or the nonce that the EVM keeps for a contract.
Result<Json> transaction_count(Context& context, const HexAddress& address, const EthereumBlock& block) {
    if (block.tag == "pending") return pending_count(context, address);
    STRATA_TRY(auto found, account(context, address, block));
    STRATA_TRY(const auto contract, contract_of(found));
    if (contract && contract->destroyed) return Json("0x0");
    const Nonce plain = found.actor ? found.actor->sequence : 0;
    return Json(quantity(contract ? contract->nonce : plain));
}
Result<Json> code(Context& context, const HexAddress& address, const EthereumBlock& block) {
    STRATA_TRY(auto found, account(context, address, block));
    STRATA_TRY(const auto contract, contract_of(found));
    if (!contract || contract->destroyed) return Json("0x");
    STRATA_TRY(const Bytes bytecode, context.blocks().get(contract->bytecode));
    return Json(hex_text(bytecode));
}

/// Returns the word at a position of a contract's storage: zero for an account, an address without an actor, and a
/// contract that was destroyed.
Result<Json> storage_at(Context& context, const HexAddress& address, const HexBytes& position,
                        const EthereumBlock& block) {
    if (position.value.size() > kWord) return fail(Errc::invalid_argument, "supplied storage key is too long");
    STRATA_TRY(auto found, account(context, address, block));
    STRATA_TRY(const auto contract, contract_of(found));
    Hash256 key{};
    std::ranges::copy(position.value, key.end() - static_cast<std::ptrdiff_t>(position.value.size()));
    if (!contract || contract->destroyed) return Json(hex_text(Hash256{}));
    STRATA_TRY(const auto storage, Kamt::load(context.blocks(), contract->storage));
    STRATA_TRY(const auto word, storage.get(key));
    return Json(hex_text(word.value_or(Hash256{})));
}

/// The node keeps no accounts for Ethereum clients, as Lotus does not.
Result<Json> accounts(Context&) {
    return Json::array();
}
Result<Json> is_listening(Context&) {
    return Json(true);
}
Result<Json> peer_count(Context& context) {
    return Json(quantity(context.options.network == nullptr ? 0 : context.options.network->peers().size()));
}
Result<Json> protocol_version(Context& context) {
    return Json(quantity(std::uint64_t{context.chain.network().version_at(context.chain.head()->height())}));
}
Result<Json> sha3(Context&, const HexBytes& data) {
    return Json(hex_text(crypto::keccak_256(data.value)));
}

/// Returns false unless a sync is going on. A node without a task is in sync as far as it knows, where Lotus, which
/// remembers tasks that ended, says so by these.
Result<Json> syncing(Context& context) {
    const auto status = context.chain.sync_status();
    if (status.tasks.empty()) return Json(false);
    const auto& task = status.tasks.back();
    return Json{{"startingBlock", quantity(task.base)},
                {"currentBlock", quantity(task.height)},
                {"highestBlock", quantity(task.target_height)}};
}

/// Returns the Ethereum address of a Filecoin address. A delegated address of the EAM contains one, and an ID has a
/// masked form. An f1, f2 or f3 address gets the masked form of its actor's ID at `block`, by default "finalized".
Result<Json> to_ethereum(Context& context, const Address& address, const Omittable<EthereumBlock>& block) {
    STRATA_OK(check_defined(address));
    if (address.as_id() || address.delegated_space()) {
        STRATA_TRY(const auto direct, chain::ethereum_address(address));
        return Json(hex_text(direct));
    }
    STRATA_TRY(const auto tipset, tipset_of(context, block.value.value_or(EthereumBlock::tagged("finalized"))));
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), tipset->parent_state_root()));
    auto id = resolve(context, state, address);
    if (!id)
        return std::move(id).error().with_context(
            "failed to look up the ID address; a new address needs some epochs "
            "until it is known at the block that was asked for");
    return Json(hex_text(chain::masked_id(*id)));
}
Result<Json> to_filecoin(Context& context, const HexAddress& address) {
    STRATA_TRY(const Address parsed, chain::filecoin_address(address.value));
    return context.print(parsed);
}

}  // namespace

void add_ethereum_methods(MethodTable& table) {
    table.add("EthChainId", chain_id);
    table.add("NetVersion", net_version);
    table.add("Web3ClientVersion", client_version);
    table.add("EthBlockNumber", block_number);
    table.add("EthGetBalance", balance, Cost::expensive);
    table.add("EthGetTransactionCount", transaction_count, Cost::expensive);
    table.add("EthGetCode", code, Cost::expensive);
    table.add("FilecoinAddressToEthAddress", to_ethereum, Cost::expensive);
    table.add("EthAddressToFilecoinAddress", to_filecoin);
    table.add("EthGetStorageAt", storage_at, Cost::expensive);
    table.add("EthAccounts", accounts);
    table.add("EthSyncing", syncing);
    table.add("EthProtocolVersion", protocol_version);
    table.add("NetListening", is_listening);
    table.add("NetPeerCount", peer_count);
    table.add("Web3Sha3", sha3);
    table.alias("eth_getStorageAt", "EthGetStorageAt");
    table.alias("eth_accounts", "EthAccounts");
    table.alias("eth_syncing", "EthSyncing");
    table.alias("eth_protocolVersion", "EthProtocolVersion");
    table.alias("net_listening", "NetListening");
    table.alias("net_peerCount", "NetPeerCount");
    table.alias("web3_sha3", "Web3Sha3");
    table.alias("eth_chainId", "EthChainId");
    table.alias("net_version", "NetVersion");
    table.alias("web3_clientVersion", "Web3ClientVersion");
    table.alias("eth_blockNumber", "EthBlockNumber");
    table.alias("eth_getBalance", "EthGetBalance");
    table.alias("eth_getTransactionCount", "EthGetTransactionCount");
    table.alias("eth_getCode", "EthGetCode");
}

}  // namespace strata::api

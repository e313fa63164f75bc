// Answers the few questions of Ethereum wallets that need no Ethereum blocks. Source: docs/protocol/node.md §29; lotus
// node/impl/eth.
#include <nlohmann/json.hpp>

#include <strata/actors/read/account.hpp>
#include <strata/api/ethereum_block.hpp>
#include <strata/api/method_table.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/network.hpp>

namespace strata::api {
namespace {

std::string quantity(const BigInt& number) {
    const std::string hex = to_hex(number.magnitude_be());
    const auto first = hex.find_first_not_of('0');
    return "0x" + (first == std::string::npos ? "0" : hex.substr(first));
}

/// Reads an Ethereum address. 0xff, 11 zero bytes and a 64-bit number are the masked form of an actor's ID; anything
/// else is a delegated address of the EAM.
Result<Address> parse_eth_address(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    if (text.size() != 40)
        return fail(Errc::malformed, "the Ethereum address is '" + std::string(text.substr(0, 100)) +
                                         "', expected 0x and 40 hexadecimal digits");
    STRATA_TRY(const Bytes bytes, from_hex(text));
    if (!chain::is_masked_id(bytes)) return Address::delegated(kEamId, bytes);
    const auto id = load_be<std::uint64_t>(bytes.data() + 12);
    if (id > std::uint64_t{INT64_MAX})
        return fail(Errc::malformed, "the actor ID is " + std::to_string(id) + ", expected less than 2^63");
    return Address::id(id);
}
/// Returns the masked form of an ID.
std::string eth_address(ActorId id) {
    ByteArray<20> bytes{0xff};
    store_be(bytes.data() + 12, id);
    return "0x" + to_hex(bytes);
}

/// The state after a block's messages, and the actor of an address in it.
struct Account {
    vm::StateTree state;
    std::optional<vm::ActorState> actor;
};
Result<Account> account(Context& context, const std::string& address, const EthereumBlock& block) {
    STRATA_TRY(const Address parsed, parse_eth_address(address));
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
    return Json(quantity(BigInt(context.chain.network().chain_id)));
}
Result<Json> net_version(Context& context) {
    return Json(std::to_string(context.chain.network().chain_id));
}
Result<Json> client_version(Context& context) {
    return Json(context.options.version);
}
Result<Json> block_number(Context& context) {
    STRATA_TRY(const auto latest, tipset_of(context, EthereumBlock::tagged("latest")));
    return Json(quantity(BigInt(latest->height())));
}
Result<Json> balance(Context& context, const std::string& address, const EthereumBlock& block) {
    STRATA_TRY(const auto found, account(context, address, block));
    return Json(quantity(found.actor ? found.actor->balance : TokenAmount(0)));
}
/// Returns the next nonce, after the messages that wait in the pool; 0 for an address that has no actor yet, as other
/// Ethereum nodes do.
Result<Json> pending_count(Context& context, const std::string& address) {
    STRATA_TRY(const Address parsed, parse_eth_address(address));
    const auto next = context.chain.next_nonce(parsed);
    if (!next && next.error().code() == Errc::not_found) return Json(quantity(0));
    if (!next) return next.error();
    return Json(quantity(BigInt(*next)));
}

/// Returns the nonce of an account, or the nonce that the EVM keeps for a contract.
Result<Json> transaction_count(Context& context, const std::string& address, const EthereumBlock& block) {
    if (block.tag == "pending") return pending_count(context, address);
    STRATA_TRY(auto found, account(context, address, block));
    STRATA_TRY(const auto contract, contract_of(found));
    if (contract && contract->destroyed) return Json(quantity(0));
    const Nonce plain = found.actor ? found.actor->sequence : 0;
    return Json(quantity(BigInt(contract ? contract->nonce : plain)));
}
Result<Json> code(Context& context, const std::string& address, const EthereumBlock& block) {
    STRATA_TRY(auto found, account(context, address, block));
    STRATA_TRY(const auto contract, contract_of(found));
    if (!contract || contract->destroyed) return Json("0x");
    STRATA_TRY(const Bytes bytecode, context.blocks().get(contract->bytecode));
    return Json("0x" + to_hex(bytecode));
}

/// Returns the Ethereum address of a Filecoin address. A delegated address of the EAM contains one, and an ID has a
/// masked form. An f1, f2 or f3 address gets the masked form of its actor's ID at `block`, by default "finalized".
Result<Json> to_ethereum(Context& context, const Address& address, const Omittable<EthereumBlock>& block) {
    STRATA_OK(check_defined(address));
    if (const auto id = address.as_id()) return Json(eth_address(*id));
    if (const auto space = address.delegated_space()) {
        if (*space != kEamId || address.subaddress().size() != 20)
            return fail(Errc::invalid_argument,
                        context.print.text(address) + " is not an Ethereum address, expected f410f with 20 bytes");
        if (chain::is_masked_id(address.subaddress()))
            return fail(Errc::invalid_argument,
                        "f410f addresses cannot embed masked-ID payloads: 0x" + to_hex(address.subaddress()));
        return Json("0x" + to_hex(address.subaddress()));
    }
    STRATA_TRY(const auto tipset, tipset_of(context, block.value.value_or(EthereumBlock::tagged("finalized"))));
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), tipset->parent_state_root()));
    auto id = resolve(context, state, address);
    if (!id)
        return std::move(id).error().with_context(
            "failed to look up the ID address; a new address needs some epochs "
            "until it is known at the block that was asked for");
    return Json(eth_address(*id));
}
Result<Json> to_filecoin(Context& context, const std::string& address) {
    STRATA_TRY(const Address parsed, parse_eth_address(address));
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
    table.alias("eth_chainId", "EthChainId");
    table.alias("net_version", "NetVersion");
    table.alias("web3_clientVersion", "Web3ClientVersion");
    table.alias("eth_blockNumber", "EthBlockNumber");
    table.alias("eth_getBalance", "EthGetBalance");
    table.alias("eth_getTransactionCount", "EthGetTransactionCount");
    table.alias("eth_getCode", "EthGetCode");
}

}  // namespace strata::api

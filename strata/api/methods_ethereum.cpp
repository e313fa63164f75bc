// The few questions of Ethereum wallets that need no Ethereum blocks. Source: node.md §29; lotus node/impl/eth.
#include <strata/api/evm_state.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

// How far below the newest executed tipset these are (lotus node/impl/eth: EthSafe, EthFinalized).
constexpr ChainEpoch kSafeDistance = 30;
constexpr ChainEpoch kFinalDistance = 900;

std::string quantity(const BigInt& number) {
    const std::string hex = to_hex(number.magnitude_be());
    const auto first = hex.find_first_not_of('0');
    return "0x" + (first == std::string::npos ? "0" : hex.substr(first));
}

/// 0xff, zeros and a number: the actor of that ID; anything else: a delegated address of the EAM.
Result<Address> parse_eth_address(std::string_view text) {
    if (!text.starts_with("0x") || text.size() != 42) return fail(Errc::malformed, "expected an address of 20 bytes");
    STRATA_TRY(const Bytes bytes, from_hex(text.substr(2)));
    const bool masked =
        bytes[0] == 0xff && std::all_of(bytes.begin() + 1, bytes.begin() + 12, [](auto b) { return b == 0; });
    if (!masked) return Address::delegated(kEamId, bytes);
    const auto id = load_be<std::uint64_t>(bytes.data() + 12);
    if (id > std::uint64_t{INT64_MAX}) return fail(Errc::malformed, "an actor ID above 63 bits");
    return Address::id(id);
}
std::string eth_address(ActorId id) {
    ByteArray<20> bytes{0xff};
    store_be(bytes.data() + 12, id);
    return "0x" + to_hex(bytes);
}

/// The tipset that an Ethereum block parameter names.
Result<chain::TipsetPtr> block_named(Context& context, std::string_view text) {
    auto& chain = context.node.chain();
    const auto head = context.node.head();
    if (text == "pending") return head;
    if (head->height() == 0) return head;
    STRATA_TRY(const auto latest, chain.parent(*head));
    if (text == "latest" || text.empty()) return latest;
    const auto below = [&](ChainEpoch distance) {
        return chain.tipset_at(std::max<ChainEpoch>(0, latest->height() - distance), latest,
                               chain::ChainStore::Null::previous);
    };
    if (text == "safe") return below(kSafeDistance);
    if (text == "finalized") return below(kFinalDistance);
    if (!text.starts_with("0x") || text.size() < 3 || text.size() > 17)
        return fail(Errc::malformed, "expected a block number in hexadecimal, or a name of a block");
    std::string digits(text.substr(2));
    if (digits.size() % 2 != 0) digits.insert(0, "0");
    STRATA_TRY(const Bytes bytes, from_hex(digits));
    STRATA_TRY(const auto epoch, BigInt::from_be(bytes).to_i64());
    if (epoch > latest->height()) return fail(Errc::out_of_range, "requested a future epoch (beyond 'latest')");
    STRATA_TRY(const auto tipset, chain.tipset_at(epoch, latest, chain::ChainStore::Null::previous));
    if (tipset->height() != epoch) return fail(Errc::not_found, "requested epoch was a null round");
    return tipset;
}

/// The state after a block's messages, and the actor of an address in it.
struct Account {
    vm::StateTree state;
    std::optional<vm::ActorState> actor;
};
Result<Account> account(Context& context, const std::string& address, const std::string& block) {
    STRATA_TRY(const Address parsed, parse_eth_address(address));
    STRATA_TRY(const auto tipset, block_named(context, block));
    STRATA_TRY(const auto after, context.node.states().state_after(tipset));
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), after.state_root));
    STRATA_TRY(const auto id, state.resolve(parsed));
    std::optional<vm::ActorState> actor;
    if (id) {
        STRATA_TRY(actor, state.get(*id));
    }
    return Account{std::move(state), std::move(actor)};
}
Result<std::optional<EvmState>> contract_of(Account& found) {
    if (!found.actor) return std::optional<EvmState>{};
    STRATA_TRY(const auto name, code_name(found.state, found.actor->code));
    if (name != "evm") return std::optional<EvmState>{};
    STRATA_TRY(auto state, get_cbor<EvmState>(found.state.store(), found.actor->head));
    return std::optional(std::move(state));
}

Result<Json> chain_id(Context& context) {
    return Json(quantity(BigInt(context.node.network().chain_id)));
}
Result<Json> net_version(Context& context) {
    return Json(std::to_string(context.node.network().chain_id));
}
Result<Json> client_version(Context& context) {
    return Json(context.options.version);
}
Result<Json> block_number(Context& context) {
    STRATA_TRY(const auto latest, block_named(context, "latest"));
    return Json(quantity(BigInt(latest->height())));
}
Result<Json> balance(Context& context, const std::string& address, const std::string& block) {
    STRATA_TRY(const auto found, account(context, address, block));
    return Json(quantity(found.actor ? found.actor->balance : TokenAmount(0)));
}
/// Of a contract its own count, as the EVM has it.
Result<Json> transaction_count(Context& context, const std::string& address, const std::string& block) {
    STRATA_TRY(auto found, account(context, address, block));
    STRATA_TRY(const auto contract, contract_of(found));
    const Nonce plain = found.actor ? found.actor->sequence : 0;
    return Json(quantity(BigInt(contract ? contract->nonce : plain)));
}
Result<Json> code(Context& context, const std::string& address, const std::string& block) {
    STRATA_TRY(auto found, account(context, address, block));
    STRATA_TRY(const auto contract, contract_of(found));
    if (!contract || contract->tombstone) return Json("0x");
    STRATA_TRY(const Bytes bytecode, context.blocks().get(contract->bytecode));
    return Json("0x" + to_hex(bytecode));
}

/// Of an f1, f2 or f3 address that of its actor's ID, at a block.
Result<Json> to_ethereum(Context& context, const Address& address, const std::string& block) {
    if (address.delegated_space() == kEamId && address.subaddress().size() == 20)
        return Json("0x" + to_hex(address.subaddress()));
    if (const auto id = address.as_id()) return Json(eth_address(*id));
    STRATA_TRY(const auto tipset, block_named(context, block));
    STRATA_TRY(auto state, vm::StateTree::load(context.blocks(), tipset->parent_state_root()));
    STRATA_TRY(const ActorId id, resolve(context, state, address));
    return Json(eth_address(id));
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
    table.add("EthGetBalance", balance);
    table.add("EthGetTransactionCount", transaction_count);
    table.add("EthGetCode", code);
    table.add("FilecoinAddressToEthAddress", to_ethereum);
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

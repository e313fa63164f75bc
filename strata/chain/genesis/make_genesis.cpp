#include <strata/chain/genesis/make_genesis.hpp>

#include <strata/base/hex.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/genesis/steps.hpp>

namespace strata::chain {
namespace {

// Every Filecoin genesis names this text as its parent: a CBOR map with the plan of 2017 (lotus
// chain/gen/genesis/genblock.go).
constexpr std::string_view kFirstParentText =
    "a5684461746574696d6573323031372d30352d30352030313a32373a3531674e6574776f726b6846696c65636f696e65546f6b656e6846696c"
    "65636f696e6c546f6b656e416d6f756e7473a36b546f74616c537570706c796d322c3030302c3030302c303030664d696e6572736d312c3430"
    "302c3030302c3030306c50726f746f636f6c4c616273a36b446576656c6f706d656e746b3330302c3030302c3030306b46756e647261697369"
    "6e676b3230302c3030302c3030306a466f756e646174696f6e6b3130302c3030302c303030674d657373616765784854686973206973207468"
    "652047656e6573697320426c6f636b206f66207468652046696c65636f696e20446563656e7472616c697a65642053746f72616765204e6574"
    "776f726b2e";
constexpr std::string_view kFirstParentCid = "bafyreiaqpwbbyjo4a42saasj36kkrpv4tsherf2e7bvezkert2a7dhonoi";

Result<Cid> store_first_parent(Blockstore& store) {
    STRATA_TRY(const Bytes text, from_hex(kFirstParentText));
    STRATA_OK(store.put_block(first_parent_cid(), text));
    return first_parent_cid();
}

// Gives Ethereum's zero address an account, as Lotus does (chain/gen/genesis/genesis_eth.go).
Status make_zero_account(genesis::Machine& machine) {
    const Address zero = zero_ethereum_address();
    STRATA_TRY(const ActorId id, machine.tree().register_address(zero));
    return machine.create_stateless(id, vm::ActorType::ethaccount, zero);
}

Result<Cid> make_state(Blockstore& store, const GenesisTemplate& what, const Network& network,
                       const vm::Manifest& bundle, const vm::ActorTable& actors, const GenesisLot& lot) {
    STRATA_TRY(const auto machine, genesis::Machine::open(store, network, bundle, actors));
    STRATA_OK(genesis::make_singletons(*machine, what));
    STRATA_TRY(const auto keys, genesis::make_accounts(*machine, what, lot.first_verifier));
    STRATA_OK(genesis::make_datacap(*machine, what, keys));
    STRATA_TRY(const auto miners, genesis::make_miners(*machine, what.miners));
    STRATA_OK(genesis::make_sectors(*machine, what.miners, miners));
    STRATA_OK(make_zero_account(*machine));
    return machine->flush();
}

}  // namespace

Cid first_parent_cid() {
    return Cid::constant(kFirstParentCid);
}

Address zero_ethereum_address() {
    return Address::delegated(kEamId, ByteArray<20>{});
}

GenesisLot draw_genesis_lot(crypto::RandomSource& random) {
    GenesisLot out;
    out.ticket = random.bytes<32>();
    out.first_verifier = wallet::address_of(wallet::generate_key(wallet::KeyType::bls, random)).value();
    return out;
}

Result<GenesisBlock> make_genesis(Blockstore& store, const GenesisTemplate& what, const Network& network,
                                  const vm::Manifest& bundle, const vm::ActorTable& actors, const GenesisLot& lot) {
    STRATA_TRY(const auto version, network.executable_version_at(0));
    if (what.network_version != version)
        return fail(Errc::unsupported, "the genesis template has network version " +
                                           std::to_string(what.network_version) + ", expected " +
                                           std::to_string(version) + ", with which the network begins");
    if (what.miners.empty())
        return fail(Errc::invalid_argument, "genesis: there is no miner; a network needs at least one");
    BlockHeader header;
    STRATA_TRY(header.parent_state_root, make_state(store, what, network, bundle, actors, lot));
    store::MemoryKeyValue no_records;
    ChainStore lists(store, no_records);
    STRATA_TRY(header.messages, lists.put_messages({}));
    STRATA_TRY(header.parent_message_receipts, lists.put_receipts({}));
    STRATA_TRY(header.parents.emplace_back(), store_first_parent(store));
    // No miner made this block, so the fields of a miner have fixed values.
    header.miner = Address::id(kSystemId);
    header.ticket = Ticket{to_bytes(lot.ticket)};
    header.election_proof = ElectionProof{};
    header.beacon_entries = {{0, Bytes(32)}};
    header.timestamp = what.timestamp;
    header.parent_base_fee = kInitialBaseFee;
    STRATA_TRY(const Cid cid, lists.put_header(header));
    return GenesisBlock{header, cid};
}

}  // namespace strata::chain

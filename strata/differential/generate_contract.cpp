// EVM contracts: deployed by accounts of both kinds and by other contracts, called, destroyed and made again.
#include <strata/actors/eam/types.hpp>
#include <strata/actors/evm/state.hpp>
#include <strata/actors/market/types.hpp>
#include <strata/actors/native_actor.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/differential/contract_code.hpp>
#include <strata/ipld/cbor.hpp>

namespace strata::differential {
namespace {

enum EvmMethod : MethodNumber {
    resurrect = 2,
    get_bytecode = 3,
    get_bytecode_hash = 4,
    get_storage_at = 5,
    invoke_delegate = 6,
};

constexpr std::size_t kEnough = 14;  // contracts

Bytes some_initcode(Scene& scene) {
    auto& dice = scene.dice;
    switch (dice.below(14)) {
        case 0:
            return {};
        case 1:
            return dice.bytes(dice.below(30));
        case 2:  // code must not begin with 0xef
            return initcode_of(Bytes{0xef, 0});
        case 3:  // the program runs as the constructor, and what it returns is the code
            return random_code(dice, 20);
        case 4:
        case 5:
        case 6:
        case 7:
            return initcode_of(random_code(dice, 10 + dice.below(150)));
        default:
            return initcode_of(tool_code());
    }
}

Made deploy(Scene& scene) {
    if (scene.view.all(vm::ActorType::evm).size() >= kEnough && scene.dice.chance(80)) return nothing();
    return std::optional(scene.send(scene.anybody(), kEamId, actors::eam::kCreateExternal, some_initcode(scene),
                                    "deploy a contract", scene.dice.chance(30) ? scene.dice.amount(fil(10)) : 0));
}

// The methods for contracts: an account is refused.
Made deploy_as_contract(Scene& scene) {
    if (scene.dice.chance(50))
        return std::optional(scene.send(scene.anybody(), kEamId, actors::eam::kCreate, actors::eam::CreateParams{{}, 0},
                                        "Create of an account"));
    return std::optional(scene.send(scene.anybody(), kEamId, actors::eam::kCreate2, actors::eam::Create2Params{{}, {}},
                                    "Create2 of an account"));
}

struct Contract {
    ActorId id = 0;
    bool tool = false;  // runs tool_code()
};

Result<std::optional<Contract>> any_contract(Scene& scene) {
    std::optional<Contract> out;
    // Contracts of random code have little to say after the first call.
    for (int i = 0; i < 4 && !(out && out->tool); ++i) {
        const auto id = scene.any(vm::ActorType::evm);
        if (!id) break;
        STRATA_TRY(const auto state, scene.view.state<actors::evm::State>(*id));
        out = Contract{*id, state.bytecode == Cid::hash_of(Codec::raw, tool_code())};
        if (scene.dice.chance(25)) break;
    }
    return out;
}

// The address under which contracts know an actor.
Bytes ethereum_address(Scene& scene, ActorId id) {
    for (const auto& address : scene.view.addresses_of(id))
        if (address.delegated_space() == kEamId && address.subaddress().size() == 20 && scene.dice.chance(90))
            return to_bytes(address.subaddress());
    return masked_address(id);
}

Bytes some_address(Scene& scene) {
    auto& dice = scene.dice;
    switch (dice.below(8)) {
        case 0:
            return some_precompile(dice);
        case 1:
            return dice.bytes(20);
        case 2:
            return masked_address(dice.below(scene.view.next_id() + 2));
        case 3:
            return ethereum_address(scene, scene.id_of(scene.anybody()));
        default: {
            const auto contract = scene.any(vm::ActorType::evm);
            return contract ? ethereum_address(scene, *contract) : Bytes(20);
        }
    }
}

EvmWord some_word(Scene& scene) {
    return scene.dice.chance(80) ? word_of(scene.dice.below(6)) : EvmWord(scene.dice.hash());
}

void append_padded(Bytes& out, BytesView data) {
    append(out, word_of(data.size()));
    append(out, data);
    out.resize((out.size() + 31) / 32 * 32);
}

// The input of the precompiles call_actor and call_actor_id: method, value, flags, codec, offset of the parameters, and
// the ID or the offset of the address. Source: builtin-actors actors/evm/src/interpreter/precompiles/fvm.rs.
Bytes call_actor_input(Scene& scene, bool by_id) {
    auto& dice = scene.dice;
    struct Call {
        ActorId to;
        MethodNumber method;
        Bytes params;
    };
    const auto miner = scene.any(vm::ActorType::miner).value_or(kPowerId);
    const Call call = dice.one_of<Call>({{kPowerId, 1987646258, {}},
                                         {kPowerId, 3753401894, to_cbor(miner)},
                                         {kDatacapId, 48890204, {}},
                                         {kDatacapId, 114981429, {}},
                                         {kMarketId, 1157985802, to_cbor(DealId{0})},
                                         {miner, 3275365574, {}},
                                         {kMarketId, actors::market::kCronTick, {}},
                                         {scene.id_of(scene.anybody()), kMethodSend, {}}});
    Bytes out;
    append(out, word_of(call.method));
    append(out, word_of(dice.chance(80) ? 0 : 1));                                  // value
    append(out, word_of(dice.chance(60) ? 0 : dice.below(3)));                      // flags: 1 is read-only
    append(out, word_of(call.params.empty() ? 0 : dice.chance(90) ? 0x51 : 0x71));  // codec
    append(out, word_of(6 * 32));
    if (by_id) {
        append(out, word_of(call.to));
        append_padded(out, call.params);
        return out;
    }
    const std::size_t params_size = 32 + (call.params.size() + 31) / 32 * 32;
    append(out, word_of(6 * 32 + params_size));
    append_padded(out, call.params);
    append_padded(out, Address::id(call.to).bytes());
    return out;
}

Bytes precompile_address(std::uint8_t first, std::uint8_t last) {
    Bytes out(20);
    out[0] = first;
    out[19] = last;
    return out;
}

Bytes some_input(Scene& scene, unsigned depth);

// The precompiles of Filecoin with inputs that mean something.
Bytes filecoin_precompile(Scene& scene) {
    auto& dice = scene.dice;
    switch (dice.below(5)) {
        case 0:
            return tool_input(Tool::static_call, word_of_address(precompile_address(0xfe, 1)), {},
                              scene.any_address().bytes());
        case 1:
            return tool_input(Tool::static_call, word_of_address(precompile_address(0xfe, 2)), {},
                              word_of(dice.below(scene.view.next_id() + 2)));
        case 2:
        case 3: {
            const bool by_id = dice.chance(50);
            return tool_input(dice.chance(90) ? Tool::delegate_call : Tool::call,
                              word_of_address(precompile_address(0xfe, by_id ? 5 : 3)), {},
                              call_actor_input(scene, by_id));
        }
        default: {
            Bytes input;
            append(input, word_of(dice.below(2)));
            append(input,
                   word_of(static_cast<std::uint64_t>(std::max<ChainEpoch>(scene.epoch - dice.between(-1, 50), 0))));
            return tool_input(Tool::static_call, word_of_address(precompile_address(0xfe, 6)), {}, input);
        }
    }
}

// The precompiles of Ethereum with inputs of about the right length.
Bytes ethereum_precompile(Scene& scene) {
    auto& dice = scene.dice;
    const auto number = static_cast<std::uint8_t>(dice.between(1, 0x11));
    Bytes input = dice.bytes(dice.one_of<std::size_t>({0, 32, 64, 96, 128, 160, 192, 213, 256, 384}));
    if (number == 5) {  // modexp: three lengths, then the numbers
        input.clear();
        for (int i = 0; i < 3; ++i) append(input, word_of(dice.below(40)));
        append(input, dice.bytes(dice.below(130)));
    } else if (number >= 6 && number != 9 && dice.chance(40)) {
        std::ranges::fill(input, 0);  // the point at infinity
    } else if (number == 9) {         // blake2f: rounds, state, block, offset, final
        input = dice.bytes(213);
        input[0] = input[1] = input[2] = 0;
        input[212] = static_cast<std::uint8_t>(dice.below(3));
    }
    return tool_input(Tool::static_call, word_of_address(precompile_address(0, number)), {}, input);
}

Bytes some_input(Scene& scene, unsigned depth) {
    auto& dice = scene.dice;
    if (dice.chance(18)) return filecoin_precompile(scene);
    if (dice.chance(12)) return ethereum_precompile(scene);
    const auto tool = static_cast<Tool>(dice.below(kTools));
    Bytes rest = dice.bytes(dice.below(80));
    EvmWord a = some_word(scene), b = some_word(scene);
    switch (tool) {
        case Tool::call:
        case Tool::delegate_call:
        case Tool::static_call:
            a = word_of_address(some_address(scene));
            b = word_of(dice.chance(75) ? 0 : dice.below(1000));
            if (depth < 3) rest = some_input(scene, depth + 1);
            break;
        case Tool::create:
        case Tool::create2:
            b = word_of(dice.below(3));
            rest = some_initcode(scene);
            break;
        case Tool::destroy:
        case Tool::look:
        case Tool::copy_code:
            if (tool == Tool::destroy && dice.chance(60)) return tool_input(Tool::store, a, b, rest);
            a = word_of_address(some_address(scene));
            b = word_of(dice.chance(50) ? dice.below(100)
                                        : static_cast<std::uint64_t>(scene.epoch - dice.between(0, 300)));
            break;
        default:
            break;
    }
    return tool_input(tool, a, b, rest);
}

Made invoke(Scene& scene) {
    STRATA_TRY(const auto contract, any_contract(scene));
    if (!contract) return nothing();
    const Bytes input = contract->tool ? some_input(scene, 0) : scene.dice.bytes(scene.dice.below(100));
    return std::optional(scene.send(scene.anybody(), contract->id, kMethodInvokeEvm, input,
                                    contract->tool ? "call a contract, tool " + std::to_string(input[0])
                                                   : std::string("call a contract of random code"),
                                    scene.dice.chance(25) ? scene.dice.amount(fil(2)) : 0));
}

Made ask(Scene& scene) {
    STRATA_TRY(const auto contract, any_contract(scene));
    if (!contract) return nothing();
    const Person& from = scene.anybody();
    switch (scene.dice.below(7)) {
        case 0:
            return std::optional(scene.send(from, contract->id, get_bytecode, "GetBytecode"));
        case 1:
            return std::optional(scene.send(from, contract->id, get_bytecode_hash, "GetBytecodeHash"));
        case 2:
            return std::optional(scene.send(from, contract->id, resurrect, actors::eam::ContractParams{}, "Resurrect"));
        case 3: {
            // Only the system may look into the storage.
            CborWriter w;
            w.array(1);
            w.bytes(some_word(scene));
            const auto params = w.take();
            auto step = scene.message(scene.dice.chance(70) ? Address::id(kSystemId) : from.address,
                                      Address::id(contract->id), get_storage_at, params, 0, "GetStorageAt");
            if (step.from == Address::id(kSystemId)) step.kind = Step::Kind::implicit;
            return std::optional(std::move(step));
        }
        case 4:
            return std::optional(scene.send(from, contract->id, invoke_delegate, "InvokeContractDelegate"));
        case 5:
            return std::optional(
                scene.send(from, contract->id, kMethodSend, "send to a contract", scene.dice.amount(fil(1))));
        default:  // it arrives as handle_filecoin_method
            return std::optional(scene.send(from, contract->id,
                                            actors::kFirstExportedMethod + scene.dice.below(UINT32_MAX),
                                            scene.dice.bytes(scene.dice.below(20)), "a native method of a contract"));
    }
}

// The address of what a contract makes with create2, salt 0 and the code of tools (EIP-1014).
Address child_of(const Address& maker) {
    Bytes input{0xff};
    append(input, maker.subaddress());
    append(input, word_of(0));
    append(input, crypto::keccak_256(initcode_of(tool_code())));
    const Hash256 hash = crypto::keccak_256(input);
    return Address::delegated(kEamId, BytesView(hash).last(20));
}

// Makes a contract with create2, destroys it, and makes it again at the same address.
Made make_again(Scene& scene) {
    enum class Child { none, alive, dead };
    struct Family {
        ActorId maker;
        Child is;
        ActorId child;
    };
    std::vector<Family> all;
    for (const ActorId id : scene.view.all(vm::ActorType::evm)) {
        STRATA_TRY(const auto state, scene.view.state<actors::evm::State>(id));
        const auto addresses = scene.view.addresses_of(id);
        const bool is_tool = state.bytecode == Cid::hash_of(Codec::raw, tool_code());
        if (!is_tool || state.tombstone || addresses.empty() || addresses[0].delegated_space() != kEamId) continue;
        Family family{id, Child::none, 0};
        if (const auto child = scene.view.find(child_of(addresses[0]))) {
            STRATA_TRY(const auto made, scene.view.state<actors::evm::State>(*child));
            family = {id, made.tombstone ? Child::dead : Child::alive, *child};
        }
        all.push_back(family);
    }
    if (all.empty()) return nothing();
    const auto family = scene.dice.pick(all);
    if (family.is == Child::alive)
        return std::optional(scene.send(scene.anybody(), family.child, kMethodInvokeEvm,
                                        tool_input(Tool::destroy, word_of_address(some_address(scene)), {}, {}),
                                        "destroy a contract that create2 made"));
    return std::optional(scene.send(scene.anybody(), family.maker, kMethodInvokeEvm,
                                    tool_input(Tool::create2, {}, word_of(0), initcode_of(tool_code())),
                                    family.is == Child::dead ? "make a dead contract again" : "create2"));
}

constexpr Action kActions[] = {{"deploy", 7, &deploy},
                               {"make again", 4, &make_again},
                               {"deploy as a contract", 1, &deploy_as_contract},
                               {"call a contract", 26, &invoke},
                               {"ask a contract", 4, &ask}};

}  // namespace

std::span<const Action> contract_actions() {
    return kActions;
}

}  // namespace strata::differential

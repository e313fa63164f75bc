// Transfers between all kinds of addresses, and the few methods of accounts.
#include <strata/actors/account/state.hpp>
#include <strata/actors/native_actor.hpp>
#include <strata/actors/receiver_hook.hpp>
#include <strata/differential/scene.hpp>

namespace strata::differential {
namespace {

constexpr MethodNumber kPubkeyAddress = 2;

Step transfer(Scene& scene, const Person& from, const Address& to, const TokenAmount& value, std::string label) {
    auto step = scene.send(from, scene.id_of(from), kMethodSend, std::move(label), value);
    step.to = to;
    return step;
}

Made to_anything(Scene& scene) {
    const Person& from = scene.anybody();
    return std::optional(transfer(scene, from, scene.any_address(),
                                  scene.dice.amount(div_floor(scene.view.balance_of(scene.id_of(from)), 1000)),
                                  "transfer"));
}

Made to_new_key(Scene& scene) {
    const Person& to = scene.dice.pick(scene.start.people);
    if (scene.view.find(to.address)) return nothing();
    return std::optional(transfer(scene, scene.anybody(), to.address, fil(scene.dice.between(0, 2000)),
                                  "transfer to the new key " + to.name));
}

Made from_ethereum(Scene& scene) {
    const auto type = scene.dice.one_of({vm::ActorType::ethaccount, vm::ActorType::placeholder});
    const auto id = scene.any(type);
    const auto* from = id ? scene.view.person_of(*id) : nullptr;
    if (from == nullptr) return nothing();
    return std::optional(
        transfer(scene, *from, scene.any_address(), scene.dice.amount(fil(1)), "transfer of an Ethereum account"));
}

Made too_much(Scene& scene) {
    const Person& from = scene.anybody();
    const TokenAmount balance = scene.view.balance_of(scene.id_of(from));
    return std::optional(transfer(scene, from, scene.any_address(), balance + scene.dice.between(-1, 1),
                                  "transfer of all funds or more"));
}

Made ask_for_key(Scene& scene) {
    const auto type = scene.dice.one_of({vm::ActorType::account, vm::ActorType::ethaccount});
    const auto id = scene.any(type);
    if (!id) return nothing();
    return std::optional(scene.send(scene.anybody(), *id, kPubkeyAddress, "PubkeyAddress"));
}

Made authenticate(Scene& scene) {
    const auto id = scene.any(vm::ActorType::account);
    const auto* signer = id ? scene.view.person_of(*id) : nullptr;
    if (signer == nullptr) return nothing();
    const Bytes message = scene.dice.bytes(scene.dice.below(100));
    STRATA_TRY(auto signature, Scene::sign(*signer, message));
    if (scene.dice.chance(20)) signature.data[scene.dice.below(signature.data.size())] ^= 1;
    return std::optional(scene.send(scene.anybody(), *id, actors::account::kAuthenticateMessage,
                                    actors::account::AuthenticateMessageParams{signature.data, message},
                                    "AuthenticateMessage"));
}

// Accounts, multisigs and placeholders accept methods that they do not have, above the first exported number.
Made call_unknown_method(Scene& scene) {
    const MethodNumber method =
        scene.dice.chance(70) ? actors::kFirstExportedMethod + scene.dice.below(UINT32_MAX) : scene.dice.below(40);
    auto step = scene.send(scene.anybody(), kInitId, method, "a method that may not exist", scene.dice.amount(fil(1)));
    step.to = scene.any_address();
    if (scene.dice.chance(50)) step.params = scene.dice.bytes(scene.dice.below(50));
    return std::optional(std::move(step));
}

Made receive_tokens(Scene& scene) {
    const auto type = scene.dice.one_of({vm::ActorType::account, vm::ActorType::multisig, vm::ActorType::ethaccount,
                                         vm::ActorType::placeholder, vm::ActorType::verified_registry});
    const auto id = scene.any(type);
    if (!id) return nothing();
    return std::optional(scene.send(
        scene.anybody(), *id, actors::kReceive,
        actors::UniversalReceiverParams{static_cast<std::uint32_t>(scene.dice.below(5)), scene.dice.bytes(20)},
        "Receive"));
}

constexpr Action kActions[] = {{"transfer", 10, &to_anything},
                               {"new key", 6, &to_new_key},
                               {"ethereum account", 5, &from_ethereum},
                               {"too much", 2, &too_much},
                               {"account key", 2, &ask_for_key},
                               {"authenticate", 3, &authenticate},
                               {"unknown method", 4, &call_unknown_method},
                               {"receive tokens", 2, &receive_tokens}};

}  // namespace

std::span<const Action> transfer_actions() {
    return kActions;
}

}  // namespace strata::differential

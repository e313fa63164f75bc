#include <strata/differential/scene.hpp>

#include <strata/actors/multisig/state.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata::differential {

std::int64_t Dice::between(std::int64_t least, std::int64_t most) {
    STRATA_CHECK(least <= most);
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
}

TokenAmount Dice::amount(const TokenAmount& most) {
    if (most.sign() <= 0) return 0;
    switch (below(8)) {
        case 0:
            return most;
        case 1:
            return 1;
        default:
            return div_floor(most * BigInt(below(1'000'001)), 1'000'000);
    }
}

Bytes Dice::bytes(std::size_t count) {
    Bytes out(count);
    random_.fill(out);
    return out;
}

Result<View> View::load(Blockstore& blocks, const Cid& root, const Start& start) {
    STRATA_TRY(auto tree, vm::StateTree::load(blocks, root));
    View out(std::move(tree));
    STRATA_TRY(out.manifest_, vm::Manifest::of_state(out.tree_));
    STRATA_OK(out.tree_.for_each([&](ActorId id, const vm::ActorState& actor) -> Status {
        const auto type = out.manifest_.type_of(actor.code);
        out.actors_[id] = {type, actor.balance, {}, nullptr};
        out.by_type_[type].push_back(id);
        return {};
    }));
    STRATA_TRY(const auto init, out.state<vm::InitState>(kInitId));
    out.next_id_ = init.next_id;
    STRATA_TRY(const auto addresses, (HamtMap<Address, ActorId>::load(blocks, init.address_map)));
    STRATA_OK(addresses.for_each([&](const Address& address, ActorId id) -> Status {
        out.ids_[address] = id;
        if (const auto it = out.actors_.find(id); it != out.actors_.end()) it->second.addresses.push_back(address);
        return {};
    }));
    for (const auto& person : start.people) {
        const auto id = out.find(person.address);
        if (!id || !out.actors_.contains(*id)) continue;
        auto& known = out.actors_.at(*id);
        // A contract may have taken the address that a person's key has.
        if (known.type != vm::ActorType::account && known.type != vm::ActorType::ethaccount &&
            known.type != vm::ActorType::placeholder)
            continue;
        known.person = &person;
        out.senders_.push_back(&person);
    }
    return out;
}

const std::vector<ActorId>& View::all(vm::ActorType type) const {
    static const std::vector<ActorId> none;
    const auto it = by_type_.find(type);
    return it == by_type_.end() ? none : it->second;
}

vm::ActorType View::type_of(ActorId id) const {
    const auto it = actors_.find(id);
    return it == actors_.end() ? vm::ActorType::none : it->second.type;
}

TokenAmount View::balance_of(ActorId id) const {
    const auto it = actors_.find(id);
    return it == actors_.end() ? TokenAmount(0) : it->second.balance;
}

std::vector<Address> View::addresses_of(ActorId id) const {
    const auto it = actors_.find(id);
    return it == actors_.end() ? std::vector<Address>{} : it->second.addresses;
}

std::optional<ActorId> View::find(const Address& address) const {
    if (const auto id = address.as_id()) return actors_.contains(*id) ? id : std::nullopt;
    const auto it = ids_.find(address);
    return it == ids_.end() ? std::nullopt : std::optional(it->second);
}

const Person* View::person_of(ActorId id) const {
    const auto it = actors_.find(id);
    return it == actors_.end() ? nullptr : it->second.person;
}

std::optional<ActorId> Scene::any(vm::ActorType type) {
    const auto& all = view.all(type);
    return all.empty() ? std::nullopt : std::optional(dice.pick(all));
}

Address Scene::address_of(ActorId id) {
    const auto others = view.addresses_of(id);
    return others.empty() || dice.chance(70) ? Address::id(id) : dice.pick(others);
}

ActorId Scene::id_of(const Person& person) const {
    const auto id = view.find(person.address);
    STRATA_CHECK(id.has_value());
    return *id;
}

Address Scene::sender(const Person& person) {
    // The VM accepts a placeholder as a sender under its f4 address as well as under its ID.
    return dice.chance(50) ? person.address : Address::id(id_of(person));
}

Address Scene::any_address() {
    switch (dice.below(8)) {
        case 0:  // a key without an actor, or somebody
            return dice.pick(start.people).address;
        case 1:  // an ID that is not taken yet
            return Address::id(view.next_id() + dice.below(3));
        case 2:  // an actor address of nobody
            return Address::actor(dice.bytes(8));
        case 3: {  // an Ethereum address of nobody
            return Address::delegated(kEamId, dice.bytes(20));
        }
        case 4:  // a singleton
            return Address::id(dice.one_of<ActorId>({0, 1, 2, 3, 4, 5, 6, 7, 10, kBurntFundsId}));
        default: {
            const auto type = dice.one_of({vm::ActorType::account, vm::ActorType::multisig, vm::ActorType::miner,
                                           vm::ActorType::payment_channel, vm::ActorType::evm,
                                           vm::ActorType::ethaccount, vm::ActorType::placeholder});
            const auto id = any(type);
            return id ? address_of(*id) : anybody().address;
        }
    }
}

Step Scene::message(const Address& from, const Address& to, MethodNumber method, Bytes params, const TokenAmount& value,
                    std::string label) const {
    return Step{.kind = Step::Kind::message,
                .epoch = epoch,
                .last_epoch = 0,
                .cron = Step::Cron::every,
                .from = from,
                .to = to,
                .method = method,
                .value = value,
                .params = std::move(params),
                .label = std::move(label)};
}

Made Scene::send_as(ActorId caller, ActorId to, MethodNumber method, Bytes params, std::string label,
                    const TokenAmount& value) {
    if (const auto* person = view.person_of(caller))
        return std::optional(
            message(sender(*person), address_of(to), method, std::move(params), value, std::move(label)));
    if (view.type_of(caller) != vm::ActorType::multisig) return nothing();
    STRATA_TRY(const auto state, view.state<actors::multisig::State>(caller));
    for (const auto& signer : state.signers) {
        const auto* person = view.person_of(signer.as_id().value_or(0));
        if (person == nullptr) continue;
        constexpr MethodNumber propose = 2;
        const actors::multisig::ProposeParams proposal{address_of(to), value, method, std::move(params)};
        return std::optional(send(*person, caller, propose, proposal, label + ", proposed to a multisig"));
    }
    return nothing();
}

Result<Signature> Scene::sign(const Person& person, BytesView data) {
    return wallet::sign_with(person.key, data);
}

}  // namespace strata::differential

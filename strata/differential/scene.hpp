#pragma once
// Gives the generators of messages what they work with: dice, the present state, and the people whose keys it has.
// Nothing is remembered but what the state cannot tell, so that every message fits the state that it meets.
#include <strata/actors/read/state_of.hpp>
#include <strata/crypto/random.hpp>
#include <strata/differential/start.hpp>
#include <strata/differential/step.hpp>
#include <strata/vm/machine.hpp>

namespace strata::differential {

/// Draws from a seed.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : random_(as_bytes("differential/" + std::to_string(seed))) {}

    /// A number below `bound`, which is positive (checked).
    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
    /// A number from `least` to `most`, both included. `most` is not below `least` (checked).
    std::int64_t between(std::int64_t least, std::int64_t most);
    bool chance(unsigned percent) { return below(100) < percent; }
    /// An amount from 0 to `most`, often one of the two or near them.
    TokenAmount amount(const TokenAmount& most);
    Bytes bytes(std::size_t count);
    Hash256 hash() { return random_.bytes<32>(); }
    template <class T>
    const T& pick(const std::vector<T>& items) {
        return items[below(items.size())];
    }
    template <class T>
    T one_of(std::initializer_list<T> items) {
        return *(items.begin() + below(items.size()));
    }

  private:
    crypto::SeededRandom random_;
};

/// The actors of a state by type and address.
class View {
  public:
    /// `blocks` and `start` must outlive the view. Errors: missing_block, malformed.
    static Result<View> load(Blockstore& blocks, const Cid& root, const Start& start);

    vm::StateTree& tree() { return tree_; }
    Blockstore& blocks() { return tree_.store(); }
    /// The actors of a type, in the order of the state tree.
    const std::vector<ActorId>& all(vm::ActorType type) const;
    vm::ActorType type_of(ActorId id) const;
    TokenAmount balance_of(ActorId id) const;
    /// The addresses of an actor besides its ID, in the order of the init actor's map.
    std::vector<Address> addresses_of(ActorId id) const;
    /// Empty if the address has no actor.
    std::optional<ActorId> find(const Address& address) const;
    ActorId next_id() const { return next_id_; }
    const vm::Manifest& manifest() const { return manifest_; }

    /// The people who have an actor that can send.
    const std::vector<const Person*>& senders() const { return senders_; }
    /// The person whose actor this is; nullptr if nobody's.
    const Person* person_of(ActorId id) const;

    template <class S>
    Result<S> state(ActorId id) {
        return actors::state_of<S>(tree_, id);
    }

  private:
    explicit View(vm::StateTree tree) : tree_(std::move(tree)) {}

    struct Known {
        vm::ActorType type{};
        TokenAmount balance;
        std::vector<Address> addresses;
        const Person* person = nullptr;
    };
    vm::StateTree tree_;
    vm::Manifest manifest_;
    std::map<ActorId, Known> actors_;
    std::map<Address, ActorId> ids_;
    std::map<vm::ActorType, std::vector<ActorId>> by_type_;
    std::vector<const Person*> senders_;
    ActorId next_id_ = 0;
};

/// A piece that was planned for a sector when the sector was committed to its data.
struct PlannedPiece {
    Cid cid;
    std::uint64_t size = 0;
    std::optional<std::pair<ActorId, std::uint64_t>> allocation;  // client and ID
    std::optional<DealId> deal;
};

/// Facts that the state does not hold: the pieces behind a data commitment.
struct Memory {
    std::map<Cid, std::vector<PlannedPiece>> pieces;
};

class Scene {
  public:
    Scene(Dice& with_dice, View& with_view, const Start& with_start, Memory& with_memory, ChainEpoch now)
        : dice(with_dice), view(with_view), start(with_start), memory(with_memory), epoch(now) {}

    Dice& dice;
    View& view;
    const Start& start;
    Memory& memory;
    const ChainEpoch epoch;

    /// Somebody who can send.
    const Person& anybody() { return *dice.pick(view.senders()); }
    /// An actor of this type; empty if there is none.
    std::optional<ActorId> any(vm::ActorType type);
    /// An address of the actor: its ID or one of the others.
    Address address_of(ActorId id);
    /// The actor's ID as an address.
    ActorId id_of(const Person& person) const;
    /// Any address that may come into a message, also of nobody.
    Address any_address();

    Step message(const Address& from, const Address& to, MethodNumber method, Bytes params, const TokenAmount& value,
                 std::string label) const;
    /// A message of a person to an actor.
    template <class P>
    Step send(const Person& from, ActorId to, MethodNumber method, const P& params, std::string label,
              const TokenAmount& value = 0) {
        return message(sender(from), address_of(to), method, to_cbor(params), value, std::move(label));
    }
    Step send(const Person& from, ActorId to, MethodNumber method, std::string label, const TokenAmount& value = 0) {
        return message(sender(from), address_of(to), method, {}, value, std::move(label));
    }
    /// The same, but of the actor `caller`: a person, or a multisig with a signer among the people, which then gets a
    /// proposal. Empty for any other actor.
    Result<std::optional<Step>> send_as(ActorId caller, ActorId to, MethodNumber method, Bytes params,
                                        std::string label, const TokenAmount& value = 0);
    /// Signs as `person`, as actors check it (types/signature.hpp).
    static Result<Signature> sign(const Person& person, BytesView data);

  private:
    Address sender(const Person& person);
};

/// A message; empty if the state has no use for it now.
using Made = Result<std::optional<Step>>;
inline Made nothing() {
    return std::optional<Step>{};
}

struct Action {
    std::string_view name;
    unsigned weight;
    Made (*make)(Scene&);
};

// The messages to each actor, in a file of its own.
std::span<const Action> transfer_actions();
std::span<const Action> multisig_actions();
std::span<const Action> channel_actions();
std::span<const Action> onboarding_actions();
std::span<const Action> proving_actions();
std::span<const Action> miner_actions();
std::span<const Action> market_actions();
std::span<const Action> registry_actions();
std::span<const Action> datacap_actions();
std::span<const Action> power_actions();
std::span<const Action> contract_actions();

/// A WindowPoSt for a deadline that is open now and not proven yet; empty if no miner has one.
Made submit_due_post(Scene& scene);
/// The next epoch from now on at which a miner's deadline with sectors opens; empty if no miner has sectors.
Result<std::optional<ChainEpoch>> next_due_epoch(Scene& scene);

/// Changes a message so that it is likely to be refused.
Step spoil(Scene& scene, Step step);

}  // namespace strata::differential

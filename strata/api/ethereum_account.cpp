#include <strata/api/ethereum_account.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/evm/state.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/kamt.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::api {
namespace {

const AccountNow kNobody{};

Status read_contract(Blockstore& store, const vm::ActorState& actor, const std::set<Hash256>& slots, AccountNow& to) {
    STRATA_TRY(const auto state, get_cbor<actors::evm::State>(store, actor.head));
    // A contract that destroyed itself has neither code nor storage once its message is over.
    if (state.tombstone) {
        to.nonce = 0;
        return {};
    }
    to.nonce = state.nonce;
    STRATA_TRY(to.code, store.get(state.bytecode));
    if (slots.empty()) return {};
    STRATA_TRY(const auto storage, Kamt::load(store, state.contract_state));
    for (const auto& slot : slots) {
        STRATA_TRY(const auto word, storage.get(slot));
        to.storage[slot] = word.value_or(Hash256{});
    }
    return {};
}

Json print_storage(const std::map<Hash256, Hash256>& storage) {
    Json out = Json::object();
    for (const auto& [slot, word] : storage) out[hex_text(slot)] = hex_text(word);
    return out;
}

Json print_account(const AccountNow& account, const PrestateForm& form) {
    Json out{{"balance", quantity(account.balance)}};
    if (account.nonce != 0) out["nonce"] = account.nonce;
    if (!form.without_code && !account.code.empty()) {
        out["code"] = hex_text(account.code);
        out["codeHash"] = hex_text(crypto::keccak_256(account.code));
    }
    if (!form.without_storage && !account.storage.empty()) out["storage"] = print_storage(account.storage);
    return out;
}

bool is_empty(const AccountNow& account) {
    return account.balance.is_zero() && account.nonce == 0 && account.code.empty();
}

// Adds to `pre` and `post` how an account changed; one that did not change is left out.
void add_difference(const std::string& name, const std::optional<AccountNow>& before,
                    const std::optional<AccountNow>& after, const PrestateForm& form, Json& pre, Json& post) {
    if (!before && !after) return;
    if (!before) {
        AccountNow made = *after;
        std::erase_if(made.storage, [](const auto& slot) { return slot.second == Hash256{}; });
        post[name] = print_account(made, form);
        return;
    }
    if (!after) {
        pre[name] = print_account(*before, form);
        return;
    }
    Json changed = Json::object();
    if (before->balance != after->balance) changed["balance"] = quantity(after->balance);
    if (before->nonce != after->nonce) changed["nonce"] = after->nonce;
    if (!form.without_code && before->code != after->code) {
        changed["code"] = hex_text(after->code);
        changed["codeHash"] = hex_text(crypto::keccak_256(after->code));
    }
    AccountNow old = *before;
    bool storage_changed = false;
    if (!form.without_storage) {
        std::map<Hash256, Hash256> words;
        old.storage.clear();
        for (const auto& [slot, word] : after->storage) {
            const auto it = before->storage.find(slot);
            const Hash256 was = it == before->storage.end() ? Hash256{} : it->second;
            if (was == word) continue;
            storage_changed = true;
            // Words that are zero are left out, on both sides.
            if (was != Hash256{}) old.storage[slot] = was;
            if (word != Hash256{}) words[slot] = word;
        }
        if (!words.empty()) changed["storage"] = print_storage(words);
    }
    if (changed.empty() && !storage_changed) return;
    pre[name] = print_account(old, form);
    post[name] = std::move(changed);
}

// One value of a state difference.
Json changed_from(const Json& before, const Json& after) {
    if (before == after) return "=";
    return {{"*", {{"from", before}, {"to", after}}}};
}

}  // namespace

Result<std::optional<AccountNow>> account_now(vm::StateTree& state, const EthereumAddress& address,
                                              const std::set<Hash256>& slots) {
    std::optional<AccountNow> out;
    STRATA_TRY(const Address as_filecoin, chain::filecoin_address(address));
    STRATA_TRY(const auto id, state.resolve(as_filecoin));
    if (!id) return out;
    STRATA_TRY(const auto actor, state.get(*id));
    if (!actor) return out;
    out.emplace();
    out->balance = actor->balance;
    out->nonce = actor->sequence;
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    if (manifest.type_of(actor->code) == vm::ActorType::evm)
        STRATA_OK(read_contract(state.store(), *actor, slots, *out));
    return out;
}

Result<Accounts> accounts_now(Blockstore& blocks, const Cid& root, const Touched& touched) {
    STRATA_TRY(auto state, vm::StateTree::load(blocks, root));
    Accounts out;
    for (const auto& [address, slots] : touched) {
        // A masked ID that is out of range belongs to nobody.
        if (!chain::filecoin_address(address)) continue;
        STRATA_TRY(out[address], account_now(state, address, slots));
    }
    return out;
}

Json print_prestate(const Accounts& before, const Accounts& after, const PrestateForm& form) {
    Json pre = Json::object();
    if (!form.diff) {
        for (const auto& [address, account] : before) {
            const AccountNow& now = account ? *account : kNobody;
            if (!account && !form.with_empty) continue;
            pre[hex_text(address)] = print_account(now, form);
        }
        return pre;
    }
    Json post = Json::object();
    for (const auto& [address, account] : before) {
        const auto it = after.find(address);
        const auto now = it == after.end() ? std::optional<AccountNow>() : it->second;
        // A placeholder without anything is nobody to Ethereum.
        const bool was_nobody = !account || is_empty(*account);
        const bool is_nobody = !now || is_empty(*now);
        add_difference(hex_text(address), was_nobody ? std::nullopt : account, is_nobody ? std::nullopt : now, form,
                       pre, post);
    }
    return {{"pre", std::move(pre)}, {"post", std::move(post)}};
}

Json print_state_diff(const Accounts& before, const Accounts& after) {
    Json out = Json::object();
    for (const auto& [address, account] : before) {
        const auto it = after.find(address);
        const auto& now = it == after.end() ? account : it->second;
        if (!account && !now) continue;
        const AccountNow& old_state = account ? *account : kNobody;
        const AccountNow& new_state = now ? *now : kNobody;
        const auto change = [&](const Json& from, const Json& to) -> Json {
            if (!account) return {{"+", to}};
            if (!now) return {{"-", from}};
            return changed_from(from, to);
        };
        Json storage = Json::object();
        for (const auto& [slot, word] : new_state.storage) {
            const auto was = old_state.storage.find(slot);
            const Hash256 old_word = was == old_state.storage.end() ? Hash256{} : was->second;
            if (old_word != word) storage[hex_text(slot)] = change(hex_text(old_word), hex_text(word));
        }
        Json one{{"balance", change(quantity(old_state.balance), quantity(new_state.balance))},
                 {"nonce", change(quantity(old_state.nonce), quantity(new_state.nonce))},
                 {"code", change(hex_text(old_state.code), hex_text(new_state.code))},
                 {"storage", std::move(storage)}};
        const bool is_same =
            one["balance"] == "=" && one["nonce"] == "=" && one["code"] == "=" && one["storage"].empty();
        if (!is_same) out[hex_text(address)] = std::move(one);
    }
    return out;
}

}  // namespace strata::api

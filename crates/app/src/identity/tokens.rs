use greengrid_domain::identity::{ApiToken, Scope, TokenId, UserName};

use super::accounts::found;
use super::contracts::NewToken;
use super::errors::AccountError;
use super::secrets;
use super::service::Identity;
use crate::actor::{Actor, Permission};
use crate::error::StoreError;

/// What every secret starts with, so that people and scanners recognise one.
const PREFIX: &str = "gg_";

impl Identity {
    /// Makes a token and returns it with its secret, which is shown this once
    /// and kept nowhere.
    pub async fn create_token(
        &self,
        actor: &Actor,
        name: &str,
        scopes: Vec<Scope>,
    ) -> Result<(ApiToken, String), AccountError> {
        actor.require(Permission::Administer)?;
        let name: UserName = name.parse()?;
        let mut scopes = scopes;
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(AccountError::NoScope);
        }
        let secret = format!("{PREFIX}{}", secrets::fresh()?);
        let token = NewToken { id: self.ids.uuid().into(), name: name.as_str().to_owned(), scopes };
        let token = self.tokens.add(token, &secrets::hashed(&secret), actor.initiator()).await?;
        Ok((token, secret))
    }

    /// All tokens, revoked ones too.
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<ApiToken>, AccountError> {
        actor.require(Permission::Administer)?;
        Ok(self.tokens.list().await?)
    }

    /// Revokes a token: it opens nothing from now on.
    pub async fn revoke_token(&self, actor: &Actor, id: TokenId) -> Result<(), AccountError> {
        actor.require(Permission::Administer)?;
        found(self.tokens.revoke(id, actor.initiator()).await?)
    }

    /// Of these tokens those that still open something, for whoever holds
    /// streams open.
    pub async fn tokens_in_force(&self, ids: &[TokenId]) -> Result<Vec<TokenId>, StoreError> {
        self.tokens.in_force(ids).await
    }

    /// The token with this secret, unless it was revoked.
    pub async fn authenticate_token(&self, secret: &str) -> Result<Option<ApiToken>, StoreError> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        self.tokens.used(&secrets::hashed(secret)).await
    }
}
